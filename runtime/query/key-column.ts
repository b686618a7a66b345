// One column's value out of the bytes of a key, by its type: the way back from `writeColumn` of the codecs.
import {
  readKeyBigint,
  readKeyBoolean,
  readKeyBytes,
  readKeyDate,
  readKeyFloat32,
  readKeyFloat64,
  readKeyInt8,
  readKeyInt16,
  readKeyInt32,
  readKeyInt64,
  readKeyString,
  readKeyUint8,
  readKeyUint16,
  readKeyUint32,
  readKeyUint64,
} from '../bytes/key.js';
import type { FieldType } from '../schema/model.js';

type ReadKey = (bytes: Uint8Array, start: number, end: number) => unknown;

const READERS: { readonly [kind in FieldType['kind']]?: ReadKey } = {
  float64: readKeyFloat64,
  float32: readKeyFloat32,
  int8: readKeyInt8,
  int16: readKeyInt16,
  int32: readKeyInt32,
  uint8: readKeyUint8,
  uint16: readKeyUint16,
  uint32: readKeyUint32,
  int64: readKeyInt64,
  uint64: readKeyUint64,
  bigint: readKeyBigint,
  boolean: readKeyBoolean,
  date: readKeyDate,
  string: readKeyString,
  bytes: readKeyBytes,
};

/** The value that stands at `start`; KEY_END is behind it then. Not for types that stand in no key. */
export function readKeyColumn(type: FieldType, bytes: Uint8Array, start: number, end: number): unknown {
  if (type.kind !== 'enum') return READERS[type.kind]!(bytes, start, end);
  const position = type.values.length > 256 ? readKeyUint16(bytes, start, end) : readKeyUint8(bytes, start, end);
  return type.values[position];
}
