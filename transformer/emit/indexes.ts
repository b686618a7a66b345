// Emits an index codec for each index of an entity: how its entries come out of a row.
import type { Field, IndexModel, Slot } from '../../runtime/schema/model.js';
import { type EntityEmitter, Locals } from './entity.js';
import { columnSize, printWriteColumn, writeColumn } from './keys.js';
import { literal, member } from './names.js';
import type { Printer } from './printer.js';

/** One column of an index: the type that is written, an element's for a multi-entry column. */
interface Column extends Slot {
  readonly field: Field;
  readonly caseInsensitive: boolean;
}

/** Prints the constant with the codecs of all indexes, in the order of the model; answers its name. */
export function emitIndexCodecs(emitter: EntityEmitter, out: Printer): string {
  const { entity, names, scope } = emitter;
  const name = scope.declare('indexCodecs');
  const type = `readonly ${emitter.type('IndexCodec')}<${names.row}>[]`;
  if (entity.indexes.length === 0) {
    out.line(`const ${name}: ${type} = [];`);
    return name;
  }
  out.block(
    `const ${name}: ${type} = [`,
    () => {
      for (const index of entity.indexes) out.block('{', () => printIndex(emitter, index, out), '},');
    },
    '];',
  );
  return name;
}

function printIndex(emitter: EntityEmitter, index: IndexModel, out: Printer): void {
  const columns = index.fields.map((name, i) => columnOf(emitter, index, name, i));
  const sizes = columns.map((column) => (isTagged(column) ? null : columnSize(column.type)));
  out.line(`name: ${literal(index.name)},`);
  out.line(`unique: ${index.unique},`);
  out.line(`size: ${sizes.includes(null) ? 'null' : sizes.reduce<number>((sum, size) => sum + size!, 0)},`);
  const writer = emitter.type('ByteWriter');
  out.block(
    `write(row: ${emitter.names.row}, out: ${writer}, ends: number[]): boolean {`,
    () => (index.multiEntry ? printMultiEntry(emitter, columns, out) : printEntry(emitter, columns, out)),
    '},',
  );
  printWriteColumn(
    emitter,
    columns,
    (column, value) => writeTagged(emitter, column, value),
    out,
    (column) => missingValues(emitter, column),
  );
}

function columnOf(emitter: EntityEmitter, index: IndexModel, name: string, position: number): Column {
  const field = emitter.entity.fields.find((candidate) => candidate.name === name);
  if (field === undefined) throw new Error(`the index ${index.name} names no field "${name}"`);
  const slot: Slot = index.multiEntry && position === 0 && field.type.kind === 'array' ? field.type.element : field;
  return {
    type: slot.type,
    nullable: slot.nullable,
    optional: slot.optional,
    field,
    caseInsensitive: index.caseInsensitive && slot.type.kind === 'string',
  };
}

/** Whether a tag stands before the column, because its value may be missing. */
function isTagged(column: Column): boolean {
  return column.nullable || column.optional;
}

function printEntry(emitter: EntityEmitter, columns: readonly Column[], out: Printer): void {
  const exempt = columns.some(isTagged);
  if (exempt) out.line('let complete = true;');
  printColumns(emitter, columns, new Locals(), out);
  out.line('ends.push(out.at);');
  out.line(`return ${exempt ? 'complete' : 'true'};`);
}

/** One entry for each distinct element of the first column, none where the array itself is missing. */
function printMultiEntry(emitter: EntityEmitter, columns: readonly Column[], out: Printer): void {
  const [first, ...rest] = columns as [Column, ...Column[]];
  const exempt = columns.some(isTagged);
  const locals = new Locals();
  const array = locals.declare(first.field.name);
  out.line(`const ${array} = ${member('row', first.field.name)};`);
  if (first.field.nullable || first.field.optional) {
    out.line(`if (${missingTest(array, first.field)}) return true;`);
  }
  if (exempt) out.line('let complete = true;');
  const element = locals.declare('element');
  out.block(`for (const ${element} of ${distinct(emitter, first, array)}) {`, () => {
    printValue(emitter, first, element, out);
    printColumns(emitter, rest, locals, out);
    out.line('ends.push(out.at);');
  });
  out.line(`return ${exempt ? 'complete' : 'true'};`);
}

/** An iterable of the elements of `array` whose keys differ. */
function distinct(emitter: EntityEmitter, column: Column, array: string): string {
  if (column.caseInsensitive) {
    const lower = isTagged(column) ? 'element?.toLowerCase() ?? element' : 'element.toLowerCase()';
    return `new Set(${array}.map((element) => ${lower}))`;
  }
  const { kind } = column.type;
  return kind === 'date' || kind === 'bytes' ? `${emitter.use('distinct')}(${array})` : `new Set(${array})`;
}

function printColumns(emitter: EntityEmitter, columns: readonly Column[], locals: Locals, out: Printer): void {
  for (const column of columns) {
    const access = member('row', column.field.name);
    if (!isTagged(column)) {
      printValue(emitter, column, access, out);
      continue;
    }
    const value = locals.declare(column.field.name);
    out.line(`const ${value} = ${access};`);
    printValue(emitter, column, value, out);
  }
}

/** Prints what appends the column's value; a missing one is a tag alone, and leaves the entry incomplete. */
function printValue(emitter: EntityEmitter, column: Column, value: string, out: Printer): void {
  const tag = emitter.use.bind(emitter);
  const cases: [condition: string, tag: string][] = [];
  if (column.nullable) cases.push([`${value} === null`, tag('TAG_NULL')]);
  if (column.optional) cases.push([`${value} === undefined`, tag('TAG_UNDEFINED')]);
  if (cases.length === 0) {
    out.line(writeTagged(emitter, column, value));
    return;
  }
  cases.forEach(([condition, missing], i) => {
    out.block(
      `${i === 0 ? '' : '} else '}if (${condition}) {`,
      () => {
        out.line(`${tag('writeKeyTag')}(out, ${missing});`);
        out.line('complete = false;');
      },
      '',
    );
  });
  out.line('} else {');
  out.block('', () => out.text(writeTagged(emitter, column, value)));
}

/** Statements that append a value which is there, with the tag that says so where one is needed. */
function writeTagged(emitter: EntityEmitter, column: Column, value: string): string {
  const folded = column.caseInsensitive ? `${value}.toLowerCase()` : value;
  const statement = writeColumn(emitter, column.type, folded);
  if (!isTagged(column)) return statement;
  return `${emitter.use('writeKeyTag')}(out, ${emitter.use('TAG_VALUE')});\n${statement}`;
}

/** What `writeColumn` does with a missing value, where the column allows one. */
function missingValues(emitter: EntityEmitter, column: Column): string[] {
  const lines = (value: string, tag: string): string[] => [
    `if (value === ${value}) {`,
    `  ${emitter.use('writeKeyTag')}(out, ${emitter.use(tag)});`,
    '  return true;',
    '}',
  ];
  return [
    ...(column.nullable ? lines('null', 'TAG_NULL') : []),
    ...(column.optional ? lines('undefined', 'TAG_UNDEFINED') : []),
  ];
}

function missingTest(value: string, { nullable, optional }: Slot): string {
  const tests = [...(nullable ? [`${value} === null`] : []), ...(optional ? [`${value} === undefined`] : [])];
  return tests.join(' || ');
}
