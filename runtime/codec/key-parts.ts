// The parts that keys of an entity's trees begin with, as bytes see them.
import type { KeyPart } from '../bytes/key-parts.js';
import type { EntityModel, FieldType, Slot } from '../schema/model.js';

/** Of a tree whose keys begin with these columns; an array stands in an index by its elements. */
export function keyParts({ fields }: EntityModel, columns: readonly string[]): readonly KeyPart[] {
  return columns.map((name) => {
    const field = fields.find((one) => one.name === name)!;
    return partOf(field.type.kind === 'array' ? field.type.element : field);
  });
}

function partOf({ type, nullable, optional }: Slot): KeyPart {
  return { tagged: nullable || optional, size: sizeOf(type) };
}

function sizeOf(type: FieldType): KeyPart['size'] {
  switch (type.kind) {
    case 'bigint':
      return 'bigint';
    case 'boolean':
    case 'int8':
    case 'uint8':
      return 1;
    case 'int16':
    case 'uint16':
      return 2;
    case 'float32':
    case 'int32':
    case 'uint32':
      return 4;
    case 'enum':
      return type.values.length > 256 ? 2 : 1;
    case 'string':
    case 'bytes':
      return 'text';
    default:
      return 8;
  }
}
