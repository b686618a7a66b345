// Emits key columns over the order-preserving parts of runtime/bytes/key.ts, and the key codec of an entity.
import type { Field, FieldType } from '../../runtime/schema/model.js';
import { type EntityEmitter, Locals } from './entity.js';
import { enumPosition, enumValues } from './enums.js';
import { member, objectKey } from './names.js';
import type { Printer } from './printer.js';
import { keyFields } from './types.js';
import { widthOf } from './widths.js';

/** Bytes of the column's key part where they don't vary, else null. */
export function columnSize(type: FieldType): number | null {
  const width = widthOf(type);
  if (width !== null) return Number(/\d+$/.exec(width.key)![0]) / 8;
  if (type.kind === 'boolean') return 1;
  if (type.kind === 'date') return 8;
  return type.kind === 'enum' ? enumBytes(type.values.length) : null;
}

/** The statement that appends the key part of a value that is there. */
export function writeColumn(emitter: EntityEmitter, type: FieldType, value: string): string {
  if (type.kind === 'enum') {
    return `${emitter.use(`writeKey${enumPart(type.values.length)}`)}(out, ${enumPosition(emitter, type)}(${value}));`;
  }
  return `${emitter.use(`writeKey${part(type)}`)}(out, ${value});`;
}

/** The condition that holds for values that cannot stand in a column of this type; `value` is unknown. */
export function columnMisfit(emitter: EntityEmitter, type: FieldType, value: string): string {
  const width = widthOf(type);
  if (width !== null) {
    const misfit = type.kind === 'float32' ? `!Object.is(Math.fround(${value}), ${value})` : width.misfit?.(value);
    return `typeof ${value} !== '${width.jsType}'${misfit === undefined ? '' : ` || ${misfit}`}`;
  }
  switch (type.kind) {
    case 'date':
      return `!(${value} instanceof Date)`;
    case 'bytes':
      return `!(${value} instanceof Uint8Array)`;
    case 'enum':
      return `${enumPosition(emitter, type)}(${value}) < 0`;
    default:
      return `typeof ${value} !== '${type.kind}'`;
  }
}

/** Prints the key codec; answers its name. */
export function emitKeyCodec(emitter: EntityEmitter, out: Printer): string {
  const { names, scope } = emitter;
  const fields = keyFields(emitter);
  const name = scope.declare('keyCodec');
  const single = fields.length === 1;
  const sizes = fields.map((field) => columnSize(field.type));
  const size = sizes.includes(null) ? 'null' : String(sizes.reduce<number>((sum, part) => sum + part!, 0));
  const writer = emitter.type('ByteWriter');
  out.block(
    `const ${name}: ${emitter.type('KeyCodec')}<${names.key}> = {`,
    () => {
      out.line(`size: ${size},`);
      out.block(
        `write(key: ${names.key}, out: ${writer}): void {`,
        () => {
          for (const field of fields)
            out.line(writeColumn(emitter, field.type, single ? 'key' : member('key', field.name)));
        },
        '},',
      );
      out.block(
        `read(bytes: Uint8Array, start: number, end: number): ${names.key} {`,
        () => printRead(emitter, fields, out),
        '},',
      );
      printWriteColumn(emitter, fields, (field, value) => writeColumn(emitter, field.type, value), out);
    },
    '};',
  );
  return name;
}

/** Prints the method `writeColumn`: `write` gives the statement for a value that fits, `missing` those before the check. */
export function printWriteColumn<T extends { readonly type: FieldType }>(
  emitter: EntityEmitter,
  columns: readonly T[],
  write: (column: T, value: string) => string,
  out: Printer,
  missing: (column: T) => readonly string[] = () => [],
): void {
  const writer = emitter.type('ByteWriter');
  out.block(
    `writeColumn(position: number, value: unknown, out: ${writer}): boolean {`,
    () => {
      out.block('switch (position) {', () => {
        columns.forEach((column, i) => {
          out.block(
            `case ${i}:`,
            () => {
              for (const line of missing(column)) out.line(line);
              out.line(`if (${columnMisfit(emitter, column.type, 'value')}) return false;`);
              out.text(write(column, 'value'));
              out.line('return true;');
            },
            '',
          );
        });
        out.block('default:', () => out.line('return false;'), '');
      });
    },
    '},',
  );
}

function printRead(emitter: EntityEmitter, fields: readonly Field[], out: Printer): void {
  if (fields.length === 1) {
    out.line(`return ${readColumn(emitter, fields[0]!.type, 'start')};`);
    return;
  }
  const locals = new Locals();
  const properties = fields.map((field, i) => {
    const name = locals.declare(field.name);
    out.line(`const ${name} = ${readColumn(emitter, field.type, i === 0 ? 'start' : emitter.use('KEY_END'))};`);
    const key = objectKey(field.name);
    return key === name ? name : `${key}: ${name}`;
  });
  out.list('return { ', properties, ' };');
}

function readColumn(emitter: EntityEmitter, type: FieldType, at: string): string {
  if (type.kind === 'enum') {
    const position = `${emitter.use(`readKey${enumPart(type.values.length)}`)}(bytes, ${at}, end)`;
    return `${emitter.use('enumValue')}(${enumValues(emitter, type)}, ${position}, ${emitter.label})`;
  }
  return `${emitter.use(`readKey${part(type)}`)}(bytes, ${at}, end)`;
}

function part(type: FieldType): string {
  const width = widthOf(type);
  if (width !== null) return width.key;
  switch (type.kind) {
    case 'boolean':
      return 'Boolean';
    case 'date':
      return 'Date';
    case 'string':
      return 'String';
    case 'bytes':
      return 'Bytes';
    case 'bigint':
      return 'Bigint';
    default:
      throw new Error(`${type.kind} cannot be a column of a key or index`);
  }
}

function enumBytes(values: number): number {
  return values <= 0x100 ? 1 : 2;
}

function enumPart(values: number): string {
  return enumBytes(values) === 1 ? 'Uint8' : 'Uint16';
}
