// The walk over the fields of a record or element that encoders print: embedded objects are opened, and what may be missing
// is marked, so that only leaves remain.
import type { Bit, FieldPlace, RecordLayout } from '../../runtime/codec/layout.js';
import type { FieldType } from '../../runtime/schema/model.js';
import type { EntityEmitter, Locals } from './entity.js';
import { enumPosition } from './enums.js';
import { isPlainName, literal, member } from './names.js';
import type { Printer } from './printer.js';
import { widthOf } from './widths.js';

/** A field that is no embedded object, and how the code reaches its value. */
export interface Leaf {
  readonly place: FieldPlace;
  /** Expression of the value; undefined where an embedded object around it is missing. */
  readonly access: string;
  /** Whether an object around it may be missing. */
  readonly maybe: boolean;
}

/** Prints what opens each embedded object, and calls `visit` for each leaf, in field order. */
export function eachLeaf(
  fields: readonly FieldPlace[],
  owner: { readonly access: string; readonly maybe: boolean },
  locals: Locals,
  out: Printer,
  visit: (leaf: Leaf) => void,
): void {
  for (const place of fields) {
    const { field } = place;
    const leaf: Leaf = { place, access: propertyOf(owner, field.name), maybe: owner.maybe };
    if (place.place.kind !== 'embedded') {
      visit(leaf);
      continue;
    }
    const access = variable(leaf, locals, out);
    printByPresence(leaf, access, null, out);
    const maybe = owner.maybe || field.nullable || field.optional;
    eachLeaf(place.place.fields, { access, maybe }, locals, out, visit);
  }
}

/** Whether the value may be null or undefined, be it by its own type or for want of an owner. */
export function mayBeMissing({ place: { field }, maybe }: Leaf): boolean {
  return maybe || field.nullable || field.optional;
}

/** The value as an expression that may stand more than once. */
export function variable(leaf: Leaf, locals: Locals, out: Printer): string {
  const name = locals.declare(leaf.place.field.name);
  out.line(`const ${name} = ${leaf.access};`);
  return name;
}

/** Prints the marks of a missing value, and `present` (a statement) for one that is there. */
export function printByPresence(leaf: Leaf, value: string, present: string | null, out: Printer): void {
  const { field, missing, isUndefined } = leaf.place;
  const branches: [condition: string, statements: string[]][] = [];
  if (field.nullable) branches.push([`${value} === null`, setBits([missing])]);
  if (field.optional) branches.push([`${value} === undefined`, setBits([missing, isUndefined])]);
  if (present !== null) {
    branches.push([leaf.maybe && !field.optional ? `${value} !== undefined` : '', [present]]);
  }
  branches.forEach(([condition, statements], i) => {
    const head = `${i === 0 ? '' : 'else '}${condition === '' ? '' : `if (${condition}) `}`;
    if (statements.length === 1) out.line(head + statements[0]);
    else out.block(`${head}{`, () => statements.forEach((statement) => void out.line(statement)));
  });
}

/** Prints the store of a value that has its own bit or bytes; `at` is the expression of the record's start. */
export function printFixed(emitter: EntityEmitter, leaf: Leaf, locals: Locals, out: Printer): void {
  const { place } = leaf.place;
  const missing = mayBeMissing(leaf);
  if (place.kind === 'bit') {
    const value = missing ? variable(leaf, locals, out) : leaf.access;
    out.line(`if (${value}) ${setBits([place.bit])[0]}`);
    if (missing) printByPresence(leaf, value, null, out);
  } else if (place.kind === 'fixed') {
    const value = missing ? variable(leaf, locals, out) : leaf.access;
    const { type } = leaf.place.field;
    out.line(storeFixed(emitter, type, `start + ${place.offset}`, value, missing));
    if (missing) printByPresence(leaf, value, null, out);
  }
}

/** The statement that stores a value of fixed size at `at`; a value that `mayMiss` leaves zeros. */
export function storeFixed(
  emitter: EntityEmitter,
  type: FieldType,
  at: string,
  value: string,
  mayMiss: boolean,
): string {
  const width = widthOf(type);
  if (width !== null) {
    const stored = mayMiss ? `${value} ?? ${width.jsType === 'bigint' ? '0n' : '0'}` : value;
    return store(width.accessor, at, stored);
  }
  if (type.kind === 'date') return store('Float64', at, mayMiss ? `${value}?.getTime() ?? 0` : `${value}.getTime()`);
  if (type.kind === 'boolean') return `bytes[${at}] = ${value} ? 1 : 0;`;
  if (type.kind !== 'enum') throw new Error(`${type.kind} has no fixed size`);
  const position = `${enumPosition(emitter, type)}(${value})`;
  const stored = mayMiss ? `${value} === undefined || ${value} === null ? 0 : ${position}` : position;
  return store(type.values.length <= 0x100 ? 'Uint8' : 'Uint16', at, stored);
}

function store(accessor: string, at: string, value: string): string {
  if (accessor === 'Uint8') return `bytes[${at}] = ${value};`;
  return `view.set${accessor}(${at}, ${value}${accessor === 'Int8' ? '' : ', true'});`;
}

/** Prints the variables that collect the bits of a record or element. */
export function declareBits({ bits: [from, to] }: RecordLayout, first: string, out: Printer): void {
  for (let byte = from; byte < to; byte++) out.line(`let bits${byte} = ${byte === from ? first : '0'};`);
}

/** Prints the store of the collected bits. */
export function storeBits({ bits: [from, to] }: RecordLayout, out: Printer): void {
  for (let byte = from; byte < to; byte++) {
    out.line(`out.bytes[${byte === 0 ? 'start' : `start + ${byte}`}] = bits${byte};`);
  }
}

/** Statements that set bits, one a byte. */
function setBits(bits: readonly (Bit | null)[]): string[] {
  const masks = new Map<number, number>();
  for (const bit of bits) if (bit !== null) masks.set(bit.byte, (masks.get(bit.byte) ?? 0) | bit.mask);
  return [...masks].map(([byte, mask]) => `bits${byte} |= ${mask};`);
}

function propertyOf(owner: { readonly access: string; readonly maybe: boolean }, name: string): string {
  if (!owner.maybe) return member(owner.access, name);
  return isPlainName(name) ? `${owner.access}?.${name}` : `${owner.access}?.[${literal(name)}]`;
}
