// Enums in generated code: a constant of the values, and a function from a value to its position.
import type { FieldType } from '../../runtime/schema/model.js';
import { type EntityEmitter, upperFirst } from './entity.js';
import { literal } from './names.js';
import { list } from './printer.js';

type EnumType = FieldType & { kind: 'enum' };

/** More values than this are looked up in a Map. */
const MAX_CASES = 16;

/** The constant that holds the enum's values. */
export function enumValues(emitter: EntityEmitter, type: EnumType): string {
  return emitter.helper(`values ${JSON.stringify(type.values)}`, 'CHOICES', (out, name) => {
    out.text(list(`const ${name} = [`, type.values.map(valueText), '] as const;', 0));
  });
}

/** The function that gives a value's position, and -1 for a value that is none of the enum's. */
export function enumPosition(emitter: EntityEmitter, type: EnumType): string {
  return emitter.helper(`position ${JSON.stringify(type.values)}`, 'choicePosition', (out, name) => {
    if (type.values.length > MAX_CASES) {
      const map = emitter.scope.declare(`${upperFirst(name)}Map`);
      out.line(`const ${map} = new Map<unknown, number>(${enumValues(emitter, type)}.map((value, i) => [value, i]));`);
      out.line();
      out.block(`function ${name}(value: unknown): number {`, () => out.line(`return ${map}.get(value) ?? -1;`));
      return;
    }
    out.block(`function ${name}(value: unknown): number {`, () => {
      out.block('switch (value) {', () => {
        type.values.forEach((value, i) => {
          out.block(`case ${valueText(value)}:`, () => out.line(`return ${i};`), '');
        });
        out.block('default:', () => out.line('return -1;'), '');
      });
    });
  });
}

/** `'admin', 'guest' or 3`, for messages. */
export function enumExpected(type: EnumType): string {
  const texts = type.values.map(valueText);
  return texts.length === 1 ? texts[0]! : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`;
}

function valueText(value: string | number): string {
  return typeof value === 'string' ? literal(value) : Object.is(value, -0) ? '0' : String(value);
}
