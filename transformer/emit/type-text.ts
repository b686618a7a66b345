// The types of fields as source text, whatever stands for embedded classes.
import type { FieldType, Slot } from '../../runtime/schema/model.js';
import { literal } from './names.js';

export type EmbeddedType = FieldType & { readonly kind: 'embedded' };

export interface TypePrinting {
  /** Whether arrays and records are read-only. */
  readonly isReadonly: boolean;
  /** The text of an embedded class. */
  embedded(type: EmbeddedType): string;
}

export function slotOf({ type, nullable, optional }: Slot, printing: TypePrinting): string {
  if (type.kind === 'unknown') return 'unknown';
  return `${typeOf(type, printing)}${nullable ? ' | null' : ''}${optional ? ' | undefined' : ''}`;
}

export function typeOf(type: FieldType, printing: TypePrinting): string {
  switch (type.kind) {
    case 'int64':
    case 'uint64':
    case 'bigint':
      return 'bigint';
    case 'boolean':
    case 'string':
    case 'unknown':
      return type.kind;
    case 'date':
      return 'Date';
    case 'bytes':
      return 'Uint8Array';
    case 'enum':
      return type.values.map((value) => (typeof value === 'string' ? literal(value) : String(value))).join(' | ');
    case 'array': {
      const element = slotOf(type.element, printing);
      const atom = element.includes(' ') ? `(${element})` : element;
      return `${printing.isReadonly ? 'readonly ' : ''}${atom}[]`;
    }
    case 'embedded':
      return printing.embedded(type);
    case 'record':
      return `{ ${printing.isReadonly ? 'readonly ' : ''}[name: string]: ${slotOf(type.value, printing)} }`;
    default:
      return 'number';
  }
}
