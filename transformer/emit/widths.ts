// How numbers of each stored width are written, read and checked: the one table that codecs, keys and validators share.
import type { FieldType } from '../../runtime/schema/model.js';

export interface Width {
  /** `getInt16` of a DataView is `get` + this. */
  readonly accessor: string;
  /** `writeKeyInt16` of runtime/bytes/key.ts is `writeKey` + this. */
  readonly key: string;
  /** What a validator says was expected. */
  readonly expected: string;
  readonly jsType: 'number' | 'bigint';
  /** A condition that holds for values of `jsType` that don't fit; null where all fit. */
  readonly misfit: ((value: string) => string) | null;
  /** The value as it will be read back: -0 of an integer is 0, a Float32 is rounded; null where it stays. */
  readonly normal: ((value: string) => string) | null;
}

function integer(kind: string, expected: string, wrap: (value: string) => string): Width {
  return {
    accessor: kind,
    key: kind,
    expected: `an integer from ${expected}`,
    jsType: 'number',
    misfit: (value) => `(${wrap(value)}) !== ${value}`,
    normal: (value) => `${value} + 0`,
  };
}

function bigint(accessor: string, key: string, expected: string, fit: string): Width {
  const misfit = (value: string): string => `BigInt.${fit}(64, ${value}) !== ${value}`;
  return { accessor, key, expected, jsType: 'bigint', misfit, normal: null };
}

const WIDTHS: Readonly<Record<string, Width>> = {
  float64: { accessor: 'Float64', key: 'Float64', expected: 'a number', jsType: 'number', misfit: null, normal: null },
  float32: {
    accessor: 'Float32',
    key: 'Float32',
    expected: 'a number within the range of Float32',
    jsType: 'number',
    misfit: (value) => `(Number.isFinite(${value}) && !Number.isFinite(Math.fround(${value})))`,
    normal: (value) => `Math.fround(${value})`,
  },
  int8: integer('Int8', '-128 to 127', (value) => `(${value} << 24) >> 24`),
  int16: integer('Int16', '-32768 to 32767', (value) => `(${value} << 16) >> 16`),
  int32: integer('Int32', '-2147483648 to 2147483647', (value) => `${value} | 0`),
  uint8: integer('Uint8', '0 to 255', (value) => `${value} & 0xff`),
  uint16: integer('Uint16', '0 to 65535', (value) => `${value} & 0xffff`),
  uint32: integer('Uint32', '0 to 4294967295', (value) => `${value} >>> 0`),
  int64: bigint('BigInt64', 'Int64', 'a bigint from -(2n ** 63n) to 2n ** 63n - 1n', 'asIntN'),
  uint64: bigint('BigUint64', 'Uint64', 'a bigint from 0n to 2n ** 64n - 1n', 'asUintN'),
};

/** The width of a number or of a bigint of 64 bits; null for every other type. */
export function widthOf(type: FieldType): Width | null {
  return Object.hasOwn(WIDTHS, type.kind) ? WIDTHS[type.kind]! : null;
}
