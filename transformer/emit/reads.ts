// Expressions that read fields back: what decoders are made of.
import type { Bit, FieldPlace, Place, RecordLayout } from '../../runtime/codec/layout.js';
import type { FieldType } from '../../runtime/schema/model.js';
import type { EntityEmitter } from './entity.js';
import { enumValues } from './enums.js';
import { list, ternary } from './printer.js';
import { newRow } from './rows.js';
import { widthOf } from './widths.js';

/** Reads the value of a place that is neither a bit, nor fixed, nor embedded. */
export type ReadVariable = (type: FieldType, place: Place & { kind: 'text' | 'data' }) => string;

/** The value of each field, as an expression over `bytes`, `view`, `start` and the bits; in field order. */
export function readField(
  emitter: EntityEmitter,
  { field, place, missing, isUndefined }: FieldPlace,
  read: ReadVariable,
): string {
  const value = readPlace(emitter, field.type, place, read);
  if (missing === null) return value;
  const nothing =
    isUndefined === null ? (field.nullable ? 'null' : 'undefined') : `${testBit(isUndefined)} ? undefined : null`;
  return ternary(testBit(missing), isUndefined === null ? nothing : `(${nothing})`, value);
}

function readPlace(emitter: EntityEmitter, type: FieldType, place: Place, read: ReadVariable): string {
  switch (place.kind) {
    case 'bit':
      return testBit(place.bit);
    case 'fixed':
      return loadFixed(emitter, type, `start + ${place.offset}`);
    case 'embedded': {
      if (type.kind !== 'embedded') throw new Error('a place disagrees with its type');
      const className = emitter.embedded(type.className);
      const values = place.fields.map((field) => readField(emitter, field, read));
      return list(`new ${newRow(emitter, className, type.fields)}(`, values, ')', EXPECTED_INDENT);
    }
    default:
      return read(type, place);
  }
}

/** Room that is left for the indentation of nested lists, in characters. */
export const EXPECTED_INDENT = 10;

/** The expression that loads a value of fixed size from `at`. */
export function loadFixed(emitter: EntityEmitter, type: FieldType, at: string): string {
  const width = widthOf(type);
  if (width !== null) return load(width.accessor, at);
  if (type.kind === 'date') return `new Date(${load('Float64', at)})`;
  if (type.kind === 'boolean') return `bytes[${at}] !== 0`;
  if (type.kind !== 'enum') throw new Error(`${type.kind} has no fixed size`);
  const position = load(type.values.length <= 0x100 ? 'Uint8' : 'Uint16', at);
  return `${emitter.use('enumValue')}(${enumValues(emitter, type)}, ${position}, ${emitter.label})`;
}

function load(accessor: string, at: string): string {
  if (accessor === 'Uint8') return `bytes[${at}]!`;
  return `view.get${accessor}(${at}${accessor === 'Int8' ? '' : ', true'})`;
}

/** Lines that load the bytes of bits into variables. */
export function loadBits({ bits: [from, to], fields }: RecordLayout, flags: boolean): string[] {
  const used = new Set<number>();
  for (const bit of bitsOf(fields)) used.add(bit.byte);
  if (flags) used.add(from);
  const lines: string[] = [];
  for (let byte = from; byte < to; byte++) {
    if (used.has(byte)) lines.push(`const bits${byte} = bytes[${byte === 0 ? 'start' : `start + ${byte}`}]!;`);
  }
  return lines;
}

function* bitsOf(fields: readonly FieldPlace[]): Generator<Bit> {
  for (const { place, missing, isUndefined } of fields) {
    if (missing !== null) yield missing;
    if (isUndefined !== null) yield isUndefined;
    if (place.kind === 'bit') yield place.bit;
    if (place.kind === 'embedded') yield* bitsOf(place.fields);
  }
}

function testBit({ byte, mask }: Bit): string {
  return `(bits${byte} & ${mask}) !== 0`;
}
