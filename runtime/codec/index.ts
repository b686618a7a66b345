// What generated modules use of this folder and of bytes/; runtime/generated.ts exports it to them.
export {
  KEY_END,
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
  readKeyTag,
  readKeyUint8,
  readKeyUint16,
  readKeyUint32,
  readKeyUint64,
  TAG_NULL,
  TAG_UNDEFINED,
  TAG_VALUE,
  writeKeyBigint,
  writeKeyBoolean,
  writeKeyBytes,
  writeKeyDate,
  writeKeyFloat32,
  writeKeyFloat64,
  writeKeyInt8,
  writeKeyInt16,
  writeKeyInt32,
  writeKeyInt64,
  writeKeyString,
  writeKeyTag,
  writeKeyUint8,
  writeKeyUint16,
  writeKeyUint32,
  writeKeyUint64,
} from '../bytes/key.js';
export { ByteSpan, ByteWriter } from '../bytes/writer.js';
export type { EntityModel } from '../schema/model.js';
export { readBigInt, writeBigInt, writeSizedBigInt } from './bigint.js';
export { readBytes, writeSizedBytes } from './bytes.js';
export {
  elementPath,
  noChoice,
  notStorable,
  outOfRange,
  own,
  type Problem,
  wrongType,
} from './check.js';
export type { EntityRuntime, IndexCodec, KeyCodec, RowCodec } from './codec.js';
export { damaged, enumValue } from './damage.js';
export { distinct } from './distinct.js';
export { HeapReader, NULL, PRESENT, readStrings, UNDEFINED, writeLength, writeMark, writeWideTable } from './heap.js';
export { latin1, TextWriter, taggedText } from './text.js';
export {
  copyRecord,
  isPlainObject,
  isStorable,
  readValue,
  reviveArray,
  reviveObject,
  reviveRecord,
  writeSizedValue,
  writeValue,
} from './value.js';
