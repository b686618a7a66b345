// Embedded objects inside records (`Record<string, Address>`) go through MessagePack as plain objects; this emits what makes
// them instances of their class again.
import type { Field, FieldType, Slot } from '../../runtime/schema/model.js';
import { type EntityEmitter, typeWord } from './entity.js';
import { literal } from './names.js';
import { list } from './printer.js';
import { newRow } from './rows.js';
import { slotText, typeText } from './types.js';

/** Whether a value of this type holds an embedded object somewhere. */
export function needsRevival(type: FieldType): boolean {
  switch (type.kind) {
    case 'embedded':
      return true;
    case 'array':
      return needsRevival(type.element.type);
    case 'record':
      return needsRevival(type.value.type);
    default:
      return false;
  }
}

/** The expression that turns `value`, plain as MessagePack gives it, into a value of `type`. */
export function revived(emitter: EntityEmitter, type: FieldType, value: string): string {
  if (!needsRevival(type)) return `${value} as ${typeText(emitter, type, 'row')}`;
  if (type.kind === 'embedded') return `${objectReviver(emitter, type)}(${value})`;
  const element = type.kind === 'array' ? type.element : type.kind === 'record' ? type.value : null;
  if (element === null) throw new Error(`${type.kind} holds nothing to revive`);
  const helper = emitter.use(type.kind === 'array' ? 'reviveArray' : 'reviveRecord');
  const body = unlessMissing(element, 'entry', revived(emitter, element.type, 'entry'));
  const typed = element.nullable || element.optional ? `${helper}<${slotText(emitter, element, 'row')}>` : helper;
  return list(`${typed}(`, [value, emitter.label, `(entry) => ${body}`], ')', NESTED);
}

/** Room left for what stands before a call, in characters. */
const NESTED = 30;

function objectReviver(emitter: EntityEmitter, type: FieldType & { kind: 'embedded' }): string {
  const className = emitter.embedded(type.className);
  return emitter.helper(`revive ${type.className}`, `revive${typeWord(type)}`, (out, name) => {
    out.block(`function ${name}(value: unknown): ${className} {`, () => {
      out.line(`const object = ${emitter.use('reviveObject')}(value, ${emitter.label});`);
      const values = type.fields.map((field) => fieldValue(emitter, field));
      out.list(`return new ${newRow(emitter, className, type.fields)}(`, values, ');');
    });
  });
}

function fieldValue(emitter: EntityEmitter, field: Field): string {
  const name = literal(field.name);
  const access = field.name in {} ? `${emitter.use('own')}(object, ${name})` : `object[${name}]`;
  const type = slotText(emitter, field, 'row');
  if (!needsRevival(field.type)) return type === 'unknown' ? access : `${access} as ${type}`;
  return unlessMissing(field, access, revived(emitter, field.type, access));
}

/** `value`, unless `plain` is missing as its slot allows. */
function unlessMissing({ nullable, optional }: Slot, plain: string, value: string): string {
  if (!nullable && !optional) return value;
  const types = [...(nullable ? ['null'] : []), ...(optional ? ['undefined'] : [])];
  return `${types.map((type) => `${plain} === ${type}`).join(' || ')} ? (${plain} as ${types.join(' | ')}) : ${value}`;
}
