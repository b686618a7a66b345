// What of a field's type decides how its values are stored, and nothing else: two of the same shape have the same bytes.
import type { FieldType, Slot } from '../schema/model.js';

/** Plain data, to be compared as canonical JSON. */
export function slotShape({ type, nullable, optional }: Slot): unknown {
  return [typeShape(type), nullable, optional];
}

/** Without names: an embedded class may be called otherwise. */
export function typeShape(type: FieldType): unknown {
  switch (type.kind) {
    case 'array':
      return ['array', slotShape(type.element)];
    case 'record':
      return ['record', slotShape(type.value)];
    case 'embedded':
      return ['embedded', type.fields.map((field) => [field.storedName, slotShape(field)])];
    case 'enum':
      return ['enum', type.values];
    default:
      return type.kind;
  }
}
