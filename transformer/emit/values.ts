// Values of variable size in generated code: whole data slots of a record, and values inline one after another
// (runtime/codec/heap.ts draws both), with a helper function for each array type and each embedded class in arrays.
import { fixedSize, layoutElement } from '../../runtime/codec/layout.js';
import type { FieldType, Slot } from '../../runtime/schema/model.js';
import { type EntityEmitter, Locals, typeWord } from './entity.js';
import {
  declareBits,
  eachLeaf,
  mayBeMissing,
  printByPresence,
  printFixed,
  storeBits,
  storeFixed,
  variable,
} from './leaves.js';
import { list, Printer } from './printer.js';
import { EXPECTED_INDENT, loadBits, loadFixed, readField } from './reads.js';
import { needsRevival, revived } from './revive.js';
import { newRow } from './rows.js';
import { typeText } from './types.js';

type ArrayType = FieldType & { kind: 'array' };
type EmbeddedType = FieldType & { kind: 'embedded' };

/** The statement that appends a value which fills a data slot. */
export function writeWhole(emitter: EntityEmitter, type: FieldType, value: string): string {
  switch (type.kind) {
    case 'bytes':
      return `out.append(${value});`;
    case 'bigint':
      return `${emitter.use('writeBigInt')}(out, ${value});`;
    case 'array':
      return `${arrayWriter(emitter, type)}(${value}, out);`;
    default:
      return `${emitter.use('writeValue')}(out, ${value});`;
  }
}

/** The expression of a value that fills the data slot `[from, to)`, with its text at `[textFrom, textTo)` of the row's. */
export function readWhole(
  emitter: EntityEmitter,
  type: FieldType,
  from: string,
  to: string,
  textFrom: string,
  textTo: string,
): string {
  switch (type.kind) {
    case 'bytes':
      return `${emitter.use('readBytes')}(bytes, ${from}, ${to})`;
    case 'bigint':
      return `${emitter.use('readBigInt')}(view, ${from}, ${to}, ${emitter.label})`;
    case 'array':
      if (holdsStrings(type)) {
        const place = ['bytes', from, to, 'text', textFrom, textTo, 'mixed', 'textStart', emitter.label];
        return list(`${emitter.use('readStrings')}(`, place, ')', EXPECTED_INDENT);
      }
      return `${arrayReader(emitter, type)}(heap.slot(${from}, ${to}, ${textFrom}, ${textTo}))`;
    default:
      return readUnknown(emitter, type, `${emitter.use('readValue')}(bytes, ${from}, ${to}, ${emitter.label})`);
  }
}

/** Whether an array is read without the heap's reader: it holds strings, none of them missing. */
export function holdsStrings({ element }: ArrayType): boolean {
  return element.type.kind === 'string' && !element.nullable && !element.optional;
}

/** The statement that appends a value of variable size inline. */
export function writeInline(emitter: EntityEmitter, type: FieldType, value: string): string {
  switch (type.kind) {
    case 'string':
      return `${emitter.use('writeLength')}(out, text.add(${value}));`;
    case 'bytes':
      return `${emitter.use('writeSizedBytes')}(out, ${value});`;
    case 'bigint':
      return `${emitter.use('writeSizedBigInt')}(out, ${value});`;
    case 'array':
      return `${arrayWriter(emitter, type)}(${value}, out);`;
    case 'embedded':
      return `${elementWriter(emitter, type)}(${value}, out);`;
    default:
      return `${emitter.use('writeSizedValue')}(out, ${value});`;
  }
}

/** The expression of an inline value, out of `heap`. */
export function readInline(emitter: EntityEmitter, type: FieldType): string {
  switch (type.kind) {
    case 'string':
      return 'heap.string()';
    case 'bytes':
      return 'heap.binary()';
    case 'bigint':
      return 'heap.bigint()';
    case 'array':
      return `${arrayReader(emitter, type)}(heap)`;
    case 'embedded':
      return `${elementReader(emitter, type)}(heap)`;
    default:
      return readUnknown(emitter, type, 'heap.value()');
  }
}

function readUnknown(emitter: EntityEmitter, type: FieldType, value: string): string {
  if (needsRevival(type)) return revived(emitter, type, value);
  return type.kind === 'record' ? `${value} as ${typeText(emitter, type, 'row')}` : value;
}

/** Bytes of every element of the array, or null where they vary. */
function elementSize(element: Slot): number | null {
  if (element.nullable || element.optional) return null;
  return element.type.kind === 'boolean' ? 1 : fixedSize(element.type);
}

function arrayWriter(emitter: EntityEmitter, type: ArrayType): string {
  const { element } = type;
  const wanted = `write${typeWord(type)}`;
  return emitter.helper(`write ${JSON.stringify(type)}`, wanted, (out, name) => {
    const parameter = `values: ${typeText(emitter, type, 'input')}`;
    const rows =
      element.type.kind === 'embedded' ? `values: readonly ${emitter.embedded(element.type.className)}[]` : parameter;
    out.block(`function ${name}(${rows}, out: ${emitter.type('ByteWriter')}): void {`, () => {
      out.line('const count = values.length;');
      out.line(`${emitter.use('writeLength')}(out, count);`);
      const size = elementSize(element);
      if (size === null) {
        out.block('for (let i = 0; i < count; i++) {', () => writeElement(emitter, element, out));
        return;
      }
      const statement = storeFixed(emitter, element.type, 'at', 'values[i]!', false);
      out.line(`out.ensure(${times(size, 'count')});`);
      out.line(`const { ${statement.startsWith('bytes') ? 'bytes' : 'view'} } = out;`);
      out.line('let at = out.at;');
      out.block('for (let i = 0; i < count; i++) {', () => {
        out.line(statement);
        out.line(`at += ${size};`);
      });
      out.line('out.at = at;');
    });
  });
}

function writeElement(emitter: EntityEmitter, element: Slot, out: Printer): void {
  const { type, nullable, optional } = element;
  if (!nullable && !optional) {
    out.line(writeInline(emitter, type, type.kind === 'unknown' ? 'values[i]' : 'values[i]!'));
    return;
  }
  const mark = emitter.use('writeMark');
  out.line('const value = values[i];');
  const size = type.kind === 'boolean' ? 1 : fixedSize(type);
  const absent: string[] = [];
  if (nullable) absent.push(`if (value === null) ${mark}(out, ${emitter.use('NULL')});`);
  if (optional) absent.push(`if (value === undefined) ${mark}(out, ${emitter.use('UNDEFINED')});`);
  out.line(absent.join('\nelse '));
  out.block('else {', () => {
    out.line(`${mark}(out, ${emitter.use('PRESENT')});`);
    // Only the missing kinds that the type allows come here, but an index may be out of bounds for the compiler.
    const present = optional || type.kind === 'unknown' ? 'value' : 'value!';
    if (size === null) {
      out.line(writeInline(emitter, type, present));
      return;
    }
    out.line(`out.ensure(${size});`);
    const statement = storeFixed(emitter, type, 'out.at', present, false);
    out.line(`out.${statement}`);
    out.line(`out.at += ${size};`);
  });
}

function arrayReader(emitter: EntityEmitter, type: ArrayType): string {
  const { element } = type;
  const wanted = `read${typeWord(type)}`;
  return emitter.helper(`read ${JSON.stringify(type)}`, wanted, (out, name) => {
    const size = elementSize(element);
    const result = typeText(emitter, type, 'row');
    out.block(`function ${name}(heap: ${emitter.type('HeapReader')}): ${result} {`, () => {
      out.line(`const count = heap.count(${size ?? 1});`);
      out.line(`const values = new Array<${result.slice(0, -2).replace(/^\((.*)\)$/, '$1')}>(count);`);
      if (size === null) {
        out.block('for (let i = 0; i < count; i++) {', () => readElement(emitter, element, out));
      } else {
        const value = loadFixed(emitter, element.type, 'at');
        out.line(`const { ${value.includes('bytes[') ? 'bytes' : 'view'} } = heap;`);
        out.line(`let at = heap.take(${times(size, 'count')});`);
        out.block('for (let i = 0; i < count; i++) {', () => {
          out.line(`values[i] = ${value};`);
          out.line(`at += ${size};`);
        });
      }
      out.line('return values;');
    });
  });
}

function readElement(emitter: EntityEmitter, element: Slot, out: Printer): void {
  const { type, nullable, optional } = element;
  const size = type.kind === 'boolean' ? 1 : fixedSize(type);
  const value = size === null ? readInline(emitter, type) : loadFixed(emitter, type, `heap.take(${size})`);
  // A value of fixed size that stands alone reads the buffer through the heap.
  const own = size === null ? value : value.replace(/\b(view|bytes)(?=[.[])/, 'heap.$1');
  if (!nullable && !optional) {
    out.line(`values[i] = ${own};`);
    return;
  }
  out.line('const mark = heap.mark();');
  const missing =
    nullable && optional ? `mark === ${emitter.use('NULL')} ? null : undefined` : nullable ? 'null' : 'undefined';
  const nothing = nullable && optional ? `(${missing})` : missing;
  out.line(`values[i] = mark === ${emitter.use('PRESENT')} ? ${own} : ${nothing};`);
}

function elementWriter(emitter: EntityEmitter, type: EmbeddedType): string {
  const className = emitter.embedded(type.className);
  return emitter.helper(`write element ${type.className}`, `write${className}`, (out, name) => {
    const layout = layoutElement(type.fields);
    const body = new Printer();
    const locals = new Locals();
    declareBits(layout, '0', body);
    const inline: (() => void)[] = [];
    eachLeaf(layout.fields, { access: 'value', maybe: false }, locals, body, (leaf) => {
      const { place, field } = leaf.place;
      if (place.kind === 'bit' || place.kind === 'fixed') return printFixed(emitter, leaf, locals, body);
      inline.push(() => {
        const value = mayBeMissing(leaf) ? variable(leaf, locals, body) : leaf.access;
        printByPresence(leaf, value, writeInline(emitter, field.type, value), body);
      });
    });
    for (const print of inline) print();
    storeBits(layout, body);
    out.block(`function ${name}(value: ${className}, out: ${emitter.type('ByteWriter')}): void {`, () => {
      out.line('const start = out.at;');
      out.line(`out.ensure(${layout.fixedSize});`);
      out.line(`out.at = start + ${layout.fixedSize};`);
      out.text(buffers(body.toString(), 'out'));
      out.text(body.toString());
    });
  });
}

function elementReader(emitter: EntityEmitter, type: EmbeddedType): string {
  const className = emitter.embedded(type.className);
  return emitter.helper(`read element ${type.className}`, `read${className}`, (out, name) => {
    const layout = layoutElement(type.fields);
    const body = new Printer();
    for (const line of loadBits(layout, false)) body.line(line);
    const values = layout.fields.map((field) => readField(emitter, field, (inner) => readInline(emitter, inner)));
    body.list(`return new ${newRow(emitter, className, type.fields)}(`, values, ');');
    const text = body.toString();
    out.block(`function ${name}(heap: ${emitter.type('HeapReader')}): ${className} {`, () => {
      out.text(buffers(text, 'heap'));
      out.line(`${/\bstart\b/.test(text) ? 'const start = ' : ''}heap.take(${layout.fixedSize});`);
      out.text(text);
    });
  });
}

/** The line that takes out of `source` what the code uses of `bytes` and `view`; empty when it is nothing. */
export function buffers(code: string, source: string, ...others: readonly string[]): string {
  const used = ['bytes', 'view'].filter((name) => new RegExp(`(?<![.\\w$'])${name}[.\\[,]`).test(code));
  const names = [...used, ...others];
  return names.length === 0 ? '' : `const { ${names.join(', ')} } = ${source};`;
}

function times(size: number, count: string): string {
  return size === 1 ? count : `${size} * ${count}`;
}
