// Functions that make rows and embedded objects without running the class's constructor.
import type { Field } from '../../runtime/schema/model.js';
import { type EntityEmitter, Locals } from './entity.js';
import { member } from './names.js';
import { emitFieldsType, slotText } from './types.js';

/** The identifier to call with `new` and the value of each field in order: the result is an instance of `className`. */
export function newRow(emitter: EntityEmitter, className: string, fields: readonly Field[]): string {
  return emitter.helper(`new ${className}`, `new${className}`, (out, name) => {
    const shape = emitter.scope.declare(`${className}Fields`);
    const maker = emitter.scope.declare(`${className}Row`);
    const locals = new Locals();
    const parameters = fields.map((field) => locals.declare(field.name));
    emitFieldsType(emitter, fields, shape, out);
    out.line();
    out.line(`/** Makes a ${className} without its constructor: all of them share one hidden class. */`);
    const typed = fields.map((field, i) => `${parameters[i]}: ${slotText(emitter, field, 'row')}`);
    out.list(`function ${maker}(`, [`this: ${shape}`, ...typed], '): void {');
    out.block(
      '',
      () => {
        fields.forEach((field, i) => {
          out.line(assignment(field.name, parameters[i]!));
        });
      },
      '}',
    );
    out.line(`${maker}.prototype = ${className}.prototype;`);
    out.line(`const ${name} = ${maker} as unknown as new (...fields: Parameters<typeof ${maker}>) => ${className};`);
  });
}

/** Assigning `__proto__` would set the prototype, so that one is defined. */
function assignment(name: string, value: string): string {
  if (name !== '__proto__') return `${member('this', name)} = ${value};`;
  return `Object.defineProperty(this, '__proto__', { value: ${value}, writable: true, enumerable: true, configurable: true });`;
}
