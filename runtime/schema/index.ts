// The face of schema/: the model, its check, its identity, and the markers that it is written with.

export * from './define.js';
export { canonicalJson, entityFingerprint, schemaFingerprint } from './fingerprint.js';
export * from './markers.js';
export type * from './model.js';
export {
  BIGINT_RANGES,
  type BigintKind,
  INTEGER_RANGES,
  type IntegerKind,
  isBigintKind,
  isNumberKind,
} from './numbers.js';
export { parseSchema } from './parse.js';
