// The ranges of the whole-number types: what a default is checked against at compile time and a value on write.
import type { FieldType, NumberKind } from './model.js';

export type IntegerKind = Exclude<NumberKind, 'float64' | 'float32'>;
export type BigintKind = 'int64' | 'uint64' | 'bigint';

/** Smallest and largest value of each whole-number type, both included. */
export const INTEGER_RANGES: Readonly<Record<IntegerKind, readonly [min: number, max: number]>> = {
  int8: [-0x80, 0x7f],
  int16: [-0x8000, 0x7fff],
  int32: [-0x8000_0000, 0x7fff_ffff],
  uint8: [0, 0xff],
  uint16: [0, 0xffff],
  uint32: [0, 0xffff_ffff],
};

/** The same for the bigints of 8 bytes. */
export const BIGINT_RANGES: Readonly<Record<'int64' | 'uint64', readonly [min: bigint, max: bigint]>> = {
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};

/** Whether values of the type are JavaScript numbers. */
export function isNumberKind(kind: FieldType['kind']): kind is NumberKind {
  return kind === 'float64' || kind === 'float32' || kind in INTEGER_RANGES;
}

/** Whether every number of one kind is one of the other. */
export function fitsNumber(from: NumberKind, to: NumberKind): boolean {
  if (from === to || to === 'float64') return true;
  if (from === 'float64' || from === 'float32') return false;
  const [least, most] = INTEGER_RANGES[from];
  if (to === 'float32') return most <= 0xffff;
  const [lower, upper] = INTEGER_RANGES[to];
  return lower <= least && most <= upper;
}

/** Whether values of the type are bigints. */
export function isBigintKind(kind: FieldType['kind']): kind is BigintKind {
  return kind === 'bigint' || kind in BIGINT_RANGES;
}
