// Emits the validator of an entity (`check`: the first misfit of an input) and its constructor (`create`: checks, fills in
// defaults, makes the row).
import type { DefaultValue, Field, FieldType, JsonValue, Slot } from '../../runtime/schema/model.js';
import { type EntityEmitter, Locals, typeWord } from './entity.js';
import { enumExpected, enumPosition } from './enums.js';
import { jsonText, objectText } from './json.js';
import { isPlainName, literal, member } from './names.js';
import { list, Printer } from './printer.js';
import { newRow } from './rows.js';
import { isGenerated, keyFields, typeText } from './types.js';
import { widthOf } from './widths.js';

type ArrayType = FieldType & { kind: 'array' };
type EmbeddedType = FieldType & { kind: 'embedded' };
type RecordType = FieldType & { kind: 'record' };

/** Prints the function that checks an input; answers its name. */
export function emitCheck(emitter: EntityEmitter, out: Printer): string {
  const { entity, names, scope } = emitter;
  const name = scope.declare(`check${names.row}`);
  out.line('/** The first field that does not fit, or null. */');
  out.block(`function ${name}(input: ${names.input}): ${emitter.type('Problem')} | null {`, () => {
    out.line(
      `if (typeof input !== 'object' || input === null) return ${emitter.use('wrongType')}(${emitter.label}, 'an object', input);`,
    );
    printFieldChecks(emitter, entity.fields, entity.name, out);
    out.line('return null;');
  });
  return name;
}

/** Prints the function that makes a row out of an input; answers its name. */
export function emitCreate(emitter: EntityEmitter, check: string, out: Printer): string {
  const { entity, names, scope } = emitter;
  const name = scope.declare(`create${names.row}`);
  const generated = keyFields(emitter).find((field) => isGenerated(emitter, field));
  const locals = new Locals();
  const body = new Printer();
  body.line(`const problem = ${check}(input);`);
  body.line('if (problem !== null) throw problem.toError();');
  let key: string | null = null;
  if (generated !== undefined) {
    key = locals.declare(generated.name);
    const path = literal(entity.name + pathStep(generated.name));
    body.line(`const ${key} = ${propertyOf(emitter, generated, 'input')} ?? generated;`);
    const missing = `${emitter.use('wrongType')}(${path}, ${literal(expectedOf(generated.type))}, undefined).toError()`;
    body.line(`if (${key} === undefined) throw ${missing};`);
  }
  printBuild(emitter, names.row, entity.fields, (field) => (field === generated ? key : null), locals, body);
  const text = body.toString();
  const parameters = [
    `input: ${names.input}`,
    `${/\bnow\b/.test(text) ? '' : '_'}now: number`,
    `${generated === undefined ? '_' : ''}generated?: ${names.key}`,
  ];
  out.block(`function ${name}(${parameters.join(', ')}): ${names.row} {`, () => out.text(text));
  return name;
}

// The checks.

function printFieldChecks(emitter: EntityEmitter, fields: readonly Field[], path: string, out: Printer): void {
  const locals = new Locals();
  for (const field of fields) {
    const name = locals.declare(field.name);
    out.line(`const ${name} = ${propertyOf(emitter, field, 'input')};`);
    const inner = isScalar(field.type) ? '' : locals.declare(`${name}Problem`);
    const open = field.default !== null || isTopKey(emitter, field, path);
    const slot: Slot = { ...field, optional: field.optional || open };
    printCheck(emitter, slot, name, literal(path + pathStep(field.name)), inner, out);
  }
}

function isScalar({ kind }: FieldType): boolean {
  return kind !== 'array' && kind !== 'embedded' && kind !== 'record';
}

function isTopKey(emitter: EntityEmitter, field: Field, path: string): boolean {
  return path === emitter.entity.name && isGenerated(emitter, field);
}

/** Prints the check of `value`, a variable; `path` is an expression, `innerProblem` a free name. */
function printCheck(
  emitter: EntityEmitter,
  slot: Slot,
  value: string,
  path: string,
  innerProblem: string,
  out: Printer,
): void {
  const { type } = slot;
  const present = [
    ...(slot.nullable ? [`${value} !== null`] : []),
    ...(slot.optional ? [`${value} !== undefined`] : []),
  ];
  if (type.kind === 'array' || type.kind === 'embedded' || type.kind === 'record') {
    const problem = present.length === 0 ? innerProblem : 'problem';
    const print = (): void => {
      out.line(`const ${problem} = ${innerCheck(emitter, type)}(${value});`);
      out.line(`if (${problem} !== null) return ${problem}.inside(${path});`);
    };
    if (present.length === 0) print();
    else out.block(`if (${present.join(' && ')}) {`, print);
    return;
  }
  const { misfit, problem } = scalarCheck(emitter, type, value, path);
  const tests = [...present, misfit.includes(' || ') && present.length > 0 ? `(${misfit})` : misfit];
  out.when(tests, '&&', `return ${problem};`);
}

/** The condition of a misfit and the problem that it is. */
function scalarCheck(
  emitter: EntityEmitter,
  type: FieldType,
  value: string,
  path: string,
): { misfit: string; problem: string } {
  const width = widthOf(type);
  const expected = literal(expectedOf(type));
  const told = (helper: string): string => `${emitter.use(helper)}(${path}, ${expected}, ${value})`;
  if (width !== null) {
    const wrong = `typeof ${value} !== '${width.jsType}'`;
    if (width.misfit === null) return { misfit: wrong, problem: told('wrongType') };
    return { misfit: `${wrong} || ${width.misfit(value)}`, problem: told('outOfRange') };
  }
  switch (type.kind) {
    case 'enum':
      return { misfit: `${enumPosition(emitter, type)}(${value}) < 0`, problem: told('noChoice') };
    case 'date':
      return { misfit: `!(${value} instanceof Date)`, problem: told('wrongType') };
    case 'bytes':
      return { misfit: `!(${value} instanceof Uint8Array)`, problem: told('wrongType') };
    case 'unknown':
      return {
        misfit: `!${emitter.use('isStorable')}(${value})`,
        problem: `${emitter.use('notStorable')}(${path}, ${value})`,
      };
    default:
      return { misfit: `typeof ${value} !== '${type.kind}'`, problem: told('wrongType') };
  }
}

/** What a message says was expected. */
function expectedOf(type: FieldType): string {
  const width = widthOf(type);
  if (width !== null) return width.expected;
  switch (type.kind) {
    case 'enum':
      return enumExpected(type);
    case 'date':
      return 'a Date';
    case 'bytes':
      return 'a Uint8Array';
    default:
      return `a ${type.kind}`;
  }
}

/** The function that checks a value with values inside; the path of its problem begins there. */
function innerCheck(emitter: EntityEmitter, type: ArrayType | EmbeddedType | RecordType): string {
  const wanted = `check${type.kind === 'embedded' ? emitter.embedded(type.className) : typeWord(type)}`;
  const key = type.kind === 'embedded' ? `check ${type.className}` : `check ${JSON.stringify(type)}`;
  return emitter.helper(key, wanted, (out, name) => {
    const parameter = `${type.kind === 'embedded' ? 'input' : 'value'}: ${typeText(emitter, type, 'input')}`;
    out.block(`function ${name}(${parameter}): ${emitter.type('Problem')} | null {`, () => {
      if (type.kind === 'array') printArrayCheck(emitter, type, out);
      else if (type.kind === 'record') printRecordCheck(emitter, type, out);
      else printEmbeddedCheck(emitter, type, out);
      out.line('return null;');
    });
  });
}

function printArrayCheck(emitter: EntityEmitter, { element }: ArrayType, out: Printer): void {
  out.line(`if (!Array.isArray(value)) return ${emitter.use('wrongType')}('', 'an array', value);`);
  out.block('for (let i = 0; i < value.length; i++) {', () => {
    // Array.isArray makes a readonly array any[]; the annotation brings its type back.
    out.line(`const element: ${elementText(emitter, element)} = value[i];`);
    printCheck(emitter, element, 'element', `${emitter.use('elementPath')}('', i)`, 'problem', out);
  });
}

function printRecordCheck(emitter: EntityEmitter, { value: slot }: RecordType, out: Printer): void {
  out.line(
    `if (!${emitter.use('isPlainObject')}(value)) return ${emitter.use('wrongType')}('', 'a plain object', value);`,
  );
  out.block('for (const [key, entry] of Object.entries(value)) {', () => {
    printCheck(emitter, slot, 'entry', `${emitter.use('elementPath')}('', key)`, 'problem', out);
  });
}

function printEmbeddedCheck(emitter: EntityEmitter, { className, fields }: EmbeddedType, out: Printer): void {
  const expected = literal(`an object with the fields of ${className}`);
  out.line(
    `if (typeof input !== 'object' || input === null) return ${emitter.use('wrongType')}('', ${expected}, input);`,
  );
  printFieldChecks(emitter, fields, '', out);
}

function elementText(emitter: EntityEmitter, slot: Slot): string {
  const missing = `${slot.nullable ? ' | null' : ''}${slot.optional ? ' | undefined' : ''}`;
  return slot.type.kind === 'unknown' ? 'unknown' : typeText(emitter, slot.type, 'input') + missing;
}

// The making of rows: copies of arrays and embedded objects, so that a row shares none of them with the input.

/** Prints the return of a new row; `given` names the variable of a value that is there already. */
function printBuild(
  emitter: EntityEmitter,
  className: string,
  fields: readonly Field[],
  given: (field: Field) => string | null,
  locals: Locals,
  out: Printer,
): void {
  const values = fields.map((field) => {
    const known = given(field);
    if (known !== null) return known;
    const access = propertyOf(emitter, field, 'input');
    if (!access.includes('(')) return builtField(emitter, field, access);
    // A call is made once, and its result can be narrowed.
    const name = locals.declare(field.name);
    out.line(`const ${name} = ${access};`);
    return builtField(emitter, field, name);
  });
  out.list(`return new ${newRow(emitter, className, fields)}(`, values, ');');
}

/** The value of a field for the row, out of the checked one of the input. */
function builtField(emitter: EntityEmitter, field: Field, access: string): string {
  const value = built(emitter, field.type, access);
  const fallback = defaultText(emitter, field.type, field.default);
  if (fallback !== null) {
    const present = field.nullable && value !== access ? `${access} === null ? null : ${value}` : value;
    return value === access && !field.nullable
      ? `${access} ?? ${fallback}`
      : `${access} === undefined ? ${fallback} : ${present}`;
  }
  return value === access ? access : orMissing(field, access, value);
}

/** `value`, unless `access` is missing as its slot allows. */
function orMissing({ nullable, optional }: Slot, access: string, value: string): string {
  const tests = [...(nullable ? [`${access} === null`] : []), ...(optional ? [`${access} === undefined`] : [])];
  return tests.length === 0 ? value : `${tests.join(' || ')} ? ${access} : ${value}`;
}

/** A value of the row made of a checked one of the input; `value` itself where nothing has to be made. */
function built(emitter: EntityEmitter, type: FieldType, value: string): string {
  const width = widthOf(type);
  if (width?.normal) return width.normal(value);
  if (type.kind === 'embedded') return `${embeddedBuilder(emitter, type)}(${value}, now)`;
  if (type.kind === 'array') {
    const element = builtElement(emitter, type.element, 'element');
    return element === 'element' ? `${value}.slice()` : `${value}.map((element) => ${element})`;
  }
  if (type.kind === 'record') {
    const entry = builtElement(emitter, type.value, 'entry');
    const copy = emitter.use('copyRecord');
    return list(`${copy}(`, [value, `(entry) => ${entry}`], ')', NESTED);
  }
  return value;
}

/** Room left for the indentation of calls inside calls, in characters. */
const NESTED = 40;

function builtElement(emitter: EntityEmitter, slot: Slot, name: string): string {
  const value = built(emitter, slot.type, name);
  return value === name ? name : orMissing(slot, name, value);
}

function embeddedBuilder(emitter: EntityEmitter, type: EmbeddedType): string {
  const className = emitter.embedded(type.className);
  return emitter.helper(`build ${type.className}`, `build${className}`, (out, name) => {
    const printed = new Printer();
    printBuild(emitter, className, type.fields, () => null, new Locals(), printed);
    const body = printed.toString();
    const now = /\bnow\b/.test(body) ? 'now' : '_now';
    out.block(`function ${name}(input: ${typeText(emitter, type, 'input')}, ${now}: number): ${className} {`, () =>
      out.text(body),
    );
  });
}

/** The expression of a default, a fresh value each time; null where there is none. */
function defaultText(emitter: EntityEmitter, type: FieldType, value: DefaultValue | null): string | null {
  if (value === null) return null;
  if (value.kind === 'now') return 'new Date(now)';
  if (value.kind === 'bigint') return `${value.value}n`;
  return literalText(emitter, type, value.value);
}

/** A JSON value of the given type as source, its embedded objects made by their builders. */
function literalText(emitter: EntityEmitter, type: FieldType, value: JsonValue): string {
  if (type.kind === 'array' && Array.isArray(value)) {
    const elements = value as readonly JsonValue[];
    return `[${elements.map((element) => literalText(emitter, type.element.type, element)).join(', ')}]`;
  }
  if (type.kind === 'embedded' && value !== null) return `${embeddedBuilder(emitter, type)}(${jsonText(value)}, now)`;
  if (type.kind === 'record' && isObject(value)) {
    return objectText(value, (inner) => literalText(emitter, type.value.type, inner));
  }
  return jsonText(value);
}

function isObject(value: JsonValue): value is { readonly [name: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How a path goes on to a field: `.city`, or `["a-b"]`. */
function pathStep(name: string): string {
  return isPlainName(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** The property of an input; an own one where Object.prototype has one of that name. */
function propertyOf(emitter: EntityEmitter, field: Field, owner: string): string {
  return field.name in {} ? `${emitter.use('own')}(${owner}, ${literal(field.name)})` : member(owner, field.name);
}
