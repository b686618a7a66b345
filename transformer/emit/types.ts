// The types of a generated module: the key, what put() accepts, and the fields that a row is made of.
import type { DefaultValue, Field, FieldType, Slot } from '../../runtime/schema/model.js';
import type { EntityEmitter } from './entity.js';
import { typeKey } from './names.js';
import type { Printer } from './printer.js';
import { slotOf, type TypePrinting, typeOf } from './type-text.js';

/** `input`: what put() accepts, read-only and with plain objects for embedded ones. `row`: what a row holds. */
type Side = 'input' | 'row';

/** The exported key type: one field's type, or an object of the key's fields. */
export function emitKeyType(emitter: EntityEmitter, out: Printer): void {
  const { names } = emitter;
  const fields = keyFields(emitter);
  if (fields.length === 1) {
    out.line(`export type ${names.key} = ${typeText(emitter, fields[0]!.type, 'row')};`);
    return;
  }
  out.block(`export interface ${names.key} {`, () => {
    for (const field of fields) out.line(`readonly ${typeKey(field.name)}: ${typeText(emitter, field.type, 'row')};`);
  });
}

/** The exported interface of what put() and insert() accept. */
export function emitInputType(emitter: EntityEmitter, out: Printer): void {
  const { entity, names } = emitter;
  out.line('/** What put() and insert() accept: generated keys and fields with a default may be left out. */');
  out.block(`export interface ${names.input} {`, () => {
    for (const field of entity.fields) inputProperty(emitter, field, isGenerated(emitter, field), out);
  });
}

/** The local interface of a row's own properties. */
export function emitFieldsType(emitter: EntityEmitter, fields: readonly Field[], name: string, out: Printer): void {
  out.block(`interface ${name} {`, () => {
    for (const field of fields) out.line(`${typeKey(field.name)}: ${slotText(emitter, field, 'row')};`);
  });
}

/** The type of a place for a value. */
export function slotText(emitter: EntityEmitter, slot: Slot, side: Side): string {
  return slotOf(slot, printing(emitter, side));
}

export function typeText(emitter: EntityEmitter, type: FieldType, side: Side): string {
  return typeOf(type, printing(emitter, side));
}

function printing(emitter: EntityEmitter, side: Side): TypePrinting {
  return {
    isReadonly: side === 'input',
    embedded: (type) => (side === 'input' ? embeddedInput(emitter, type) : emitter.embedded(type.className)),
  };
}

/** Fields of the primary key, in key order. */
export function keyFields(emitter: EntityEmitter): readonly Field[] {
  const { key, fields } = emitter.entity;
  return key.fields.map((name) => {
    const field = fields.find((candidate) => candidate.name === name);
    if (field === undefined) throw new Error(`the key of ${emitter.entity.name} names no field "${name}"`);
    return field;
  });
}

/** Whether the field is the key that the database makes when it is left out. */
export function isGenerated(emitter: EntityEmitter, field: Field): boolean {
  const { key } = emitter.entity;
  return (key.autoIncrement || key.generate !== null) && key.fields.includes(field.name);
}

/** The local interface of plain objects that stand for an embedded class. */
function embeddedInput(emitter: EntityEmitter, type: FieldType & { kind: 'embedded' }): string {
  return emitter.helper(`input ${type.className}`, `${emitter.embedded(type.className)}Input`, (out, name) => {
    out.line(
      `/** What stands for a ${emitter.embedded(type.className)} in an input: the class itself or a plain object. */`,
    );
    out.block(`interface ${name} {`, () => {
      for (const field of type.fields) inputProperty(emitter, field, false, out);
    });
  });
}

function inputProperty(emitter: EntityEmitter, field: Field, generated: boolean, out: Printer): void {
  const open = field.optional || field.default !== null || generated;
  const type = slotText(emitter, field, 'input');
  const undefinable = open && !field.optional && type !== 'unknown' ? ' | undefined' : '';
  const comment = defaultComment(field.default);
  if (comment !== null) out.line(`/** ${comment} */`);
  out.line(`readonly ${typeKey(field.name)}${open ? '?' : ''}: ${type}${undefinable};`);
}

function defaultComment(value: DefaultValue | null): string | null {
  return value?.kind === 'now' ? 'The time of the write, when left out.' : null;
}
