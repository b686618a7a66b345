// Order-preserving keys: the bytes of a tuple compare, unsigned and left to right, as its values do.
// Every part is of fixed size or ends itself, so parts are simply written one behind the other, and no key is a prefix of
// another key of the same shape.
//
//   float64, date   8   big-endian IEEE 754; sign bit flipped when positive, all bits when negative.
//                       -inf < ... < -0 = 0 < ... < inf < NaN (any NaN is one key). A date is its epoch milliseconds.
//   float32         4   the same in 4 bytes
//   int8, 16, 32    1, 2, 4   big-endian, sign bit flipped        uint8, 16, 32   1, 2, 4   big-endian
//   int64           8   big-endian, sign bit flipped              uint64          8         big-endian
//   boolean         1   00 false, 01 true
//   string          UTF-8, a lone surrogate as its own three bytes (WTF-8), so the order is that of code points;
//                   00 written as 01 01, 01 as 01 02; ended by 00
//   bytes           the same escapes, the same end
//   bigint          80 + n and n bytes of magnitude when >= 0, 7F - n and n inverted bytes when < 0 (n <= 126, else FF or 00,
//                   then n in four bytes, inverted when < 0)
//   tag             1   before a column that may be missing: 00 undefined, 01 null, 02 a value follows
//
// Writers append to a ByteWriter. Readers take (bytes, start, end) and leave the offset behind the part in KEY_END.
export { KEY_END } from './key-end.js';
export * from './key-fixed.js';
export * from './key-variable.js';
