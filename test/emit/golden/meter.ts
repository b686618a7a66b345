import {
  type ByteSpan,
  type ByteWriter,
  type EntityRuntime,
  type IndexCodec,
  type KeyCodec,
  type Problem,
  damaged,
  outOfRange,
  readKeyBigint,
  writeKeyBigint,
  wrongType,
} from '../../../runtime/codec/index.js';
import { Meter } from './models.js';

export type MeterKey = bigint;

/** What put() and insert() accept: generated keys and fields with a default may be left out. */
export interface MeterInput {
  readonly id: bigint;
  readonly float64: number;
  readonly float64Maybe?: number | null | undefined;
  readonly float32: number;
  readonly float32Maybe?: number | null | undefined;
  readonly int8: number;
  readonly int8Maybe?: number | null | undefined;
  readonly int16: number;
  readonly int16Maybe?: number | null | undefined;
  readonly int32: number;
  readonly int32Maybe?: number | null | undefined;
  readonly uint8: number;
  readonly uint8Maybe?: number | null | undefined;
  readonly uint16: number;
  readonly uint16Maybe?: number | null | undefined;
  readonly uint32: number;
  readonly uint32Maybe?: number | null | undefined;
  readonly int64: bigint;
  readonly int64Maybe?: bigint | null | undefined;
  readonly uint64: bigint;
  readonly uint64Maybe?: bigint | null | undefined;
  readonly on: boolean | null;
}

function encodeMeter(row: Meter, out: ByteWriter, layout = 1): void {
  const start = out.at;
  out.ensure(88);
  out.at = start + 88;
  const { bytes, view } = out;
  let bits1 = 0;
  let bits2 = 0;
  let bits3 = 0;
  bytes[start] = layout;
  view.setFloat64(start + 4, row.float64, true);
  const float64Maybe = row.float64Maybe;
  view.setFloat64(start + 12, float64Maybe ?? 0, true);
  if (float64Maybe === null) bits1 |= 4;
  else if (float64Maybe === undefined) bits1 |= 12;
  view.setFloat32(start + 20, row.float32, true);
  const float32Maybe = row.float32Maybe;
  view.setFloat32(start + 24, float32Maybe ?? 0, true);
  if (float32Maybe === null) bits1 |= 16;
  else if (float32Maybe === undefined) bits1 |= 48;
  view.setInt8(start + 28, row.int8);
  const int8Maybe = row.int8Maybe;
  view.setInt8(start + 29, int8Maybe ?? 0);
  if (int8Maybe === null) bits1 |= 64;
  else if (int8Maybe === undefined) bits1 |= 192;
  view.setInt16(start + 30, row.int16, true);
  const int16Maybe = row.int16Maybe;
  view.setInt16(start + 32, int16Maybe ?? 0, true);
  if (int16Maybe === null) bits2 |= 1;
  else if (int16Maybe === undefined) bits2 |= 3;
  view.setInt32(start + 34, row.int32, true);
  const int32Maybe = row.int32Maybe;
  view.setInt32(start + 38, int32Maybe ?? 0, true);
  if (int32Maybe === null) bits2 |= 4;
  else if (int32Maybe === undefined) bits2 |= 12;
  bytes[start + 42] = row.uint8;
  const uint8Maybe = row.uint8Maybe;
  bytes[start + 43] = uint8Maybe ?? 0;
  if (uint8Maybe === null) bits2 |= 16;
  else if (uint8Maybe === undefined) bits2 |= 48;
  view.setUint16(start + 44, row.uint16, true);
  const uint16Maybe = row.uint16Maybe;
  view.setUint16(start + 46, uint16Maybe ?? 0, true);
  if (uint16Maybe === null) bits2 |= 64;
  else if (uint16Maybe === undefined) bits2 |= 192;
  view.setUint32(start + 48, row.uint32, true);
  const uint32Maybe = row.uint32Maybe;
  view.setUint32(start + 52, uint32Maybe ?? 0, true);
  if (uint32Maybe === null) bits3 |= 1;
  else if (uint32Maybe === undefined) bits3 |= 3;
  view.setBigInt64(start + 56, row.int64, true);
  const int64Maybe = row.int64Maybe;
  view.setBigInt64(start + 64, int64Maybe ?? 0n, true);
  if (int64Maybe === null) bits3 |= 4;
  else if (int64Maybe === undefined) bits3 |= 12;
  view.setBigUint64(start + 72, row.uint64, true);
  const uint64Maybe = row.uint64Maybe;
  view.setBigUint64(start + 80, uint64Maybe ?? 0n, true);
  if (uint64Maybe === null) bits3 |= 16;
  else if (uint64Maybe === undefined) bits3 |= 48;
  const on = row.on;
  if (on) bits3 |= 128;
  if (on === null) bits3 |= 64;
  out.bytes[start + 1] = bits1;
  out.bytes[start + 2] = bits2;
  out.bytes[start + 3] = bits3;
}

interface MeterFields {
  id: bigint;
  float64: number;
  float64Maybe: number | null | undefined;
  float32: number;
  float32Maybe: number | null | undefined;
  int8: number;
  int8Maybe: number | null | undefined;
  int16: number;
  int16Maybe: number | null | undefined;
  int32: number;
  int32Maybe: number | null | undefined;
  uint8: number;
  uint8Maybe: number | null | undefined;
  uint16: number;
  uint16Maybe: number | null | undefined;
  uint32: number;
  uint32Maybe: number | null | undefined;
  int64: bigint;
  int64Maybe: bigint | null | undefined;
  uint64: bigint;
  uint64Maybe: bigint | null | undefined;
  on: boolean | null;
}

/** Makes a Meter without its constructor: all of them share one hidden class. */
function MeterRow(
  this: MeterFields,
  id: bigint,
  float64: number,
  float64Maybe: number | null | undefined,
  float32: number,
  float32Maybe: number | null | undefined,
  int8: number,
  int8Maybe: number | null | undefined,
  int16: number,
  int16Maybe: number | null | undefined,
  int32: number,
  int32Maybe: number | null | undefined,
  uint8: number,
  uint8Maybe: number | null | undefined,
  uint16: number,
  uint16Maybe: number | null | undefined,
  uint32: number,
  uint32Maybe: number | null | undefined,
  int64: bigint,
  int64Maybe: bigint | null | undefined,
  uint64: bigint,
  uint64Maybe: bigint | null | undefined,
  on: boolean | null,
): void {
  this.id = id;
  this.float64 = float64;
  this.float64Maybe = float64Maybe;
  this.float32 = float32;
  this.float32Maybe = float32Maybe;
  this.int8 = int8;
  this.int8Maybe = int8Maybe;
  this.int16 = int16;
  this.int16Maybe = int16Maybe;
  this.int32 = int32;
  this.int32Maybe = int32Maybe;
  this.uint8 = uint8;
  this.uint8Maybe = uint8Maybe;
  this.uint16 = uint16;
  this.uint16Maybe = uint16Maybe;
  this.uint32 = uint32;
  this.uint32Maybe = uint32Maybe;
  this.int64 = int64;
  this.int64Maybe = int64Maybe;
  this.uint64 = uint64;
  this.uint64Maybe = uint64Maybe;
  this.on = on;
}
MeterRow.prototype = Meter.prototype;
const newMeter = MeterRow as unknown as new (...fields: Parameters<typeof MeterRow>) => Meter;

function decodeMeter(src: ByteSpan, key: MeterKey, layout = 1): Meter {
  const { bytes, view, start, end } = src;
  if (end - start < 88 || bytes[start] !== layout) throw damaged('Meter');
  const bits1 = bytes[start + 1]!;
  const bits2 = bytes[start + 2]!;
  const bits3 = bytes[start + 3]!;
  return new newMeter(
    key,
    view.getFloat64(start + 4, true),
    (bits1 & 4) !== 0
      ? ((bits1 & 8) !== 0 ? undefined : null)
      : view.getFloat64(start + 12, true),
    view.getFloat32(start + 20, true),
    (bits1 & 16) !== 0
      ? ((bits1 & 32) !== 0 ? undefined : null)
      : view.getFloat32(start + 24, true),
    view.getInt8(start + 28),
    (bits1 & 64) !== 0 ? ((bits1 & 128) !== 0 ? undefined : null) : view.getInt8(start + 29),
    view.getInt16(start + 30, true),
    (bits2 & 1) !== 0
      ? ((bits2 & 2) !== 0 ? undefined : null)
      : view.getInt16(start + 32, true),
    view.getInt32(start + 34, true),
    (bits2 & 4) !== 0
      ? ((bits2 & 8) !== 0 ? undefined : null)
      : view.getInt32(start + 38, true),
    bytes[start + 42]!,
    (bits2 & 16) !== 0 ? ((bits2 & 32) !== 0 ? undefined : null) : bytes[start + 43]!,
    view.getUint16(start + 44, true),
    (bits2 & 64) !== 0
      ? ((bits2 & 128) !== 0 ? undefined : null)
      : view.getUint16(start + 46, true),
    view.getUint32(start + 48, true),
    (bits3 & 1) !== 0
      ? ((bits3 & 2) !== 0 ? undefined : null)
      : view.getUint32(start + 52, true),
    view.getBigInt64(start + 56, true),
    (bits3 & 4) !== 0
      ? ((bits3 & 8) !== 0 ? undefined : null)
      : view.getBigInt64(start + 64, true),
    view.getBigUint64(start + 72, true),
    (bits3 & 16) !== 0
      ? ((bits3 & 32) !== 0 ? undefined : null)
      : view.getBigUint64(start + 80, true),
    (bits3 & 64) !== 0 ? null : (bits3 & 128) !== 0,
  );
}

const keyCodec: KeyCodec<MeterKey> = {
  size: null,
  write(key: MeterKey, out: ByteWriter): void {
    writeKeyBigint(out, key);
  },
  read(bytes: Uint8Array, start: number, end: number): MeterKey {
    return readKeyBigint(bytes, start, end);
  },
  writeColumn(position: number, value: unknown, out: ByteWriter): boolean {
    switch (position) {
      case 0:
        if (typeof value !== 'bigint') return false;
        writeKeyBigint(out, value);
        return true;
      default:
        return false;
    }
  },
};

const indexCodecs: readonly IndexCodec<Meter>[] = [];

/** The first field that does not fit, or null. */
function checkMeter(input: MeterInput): Problem | null {
  if (typeof input !== 'object' || input === null) return wrongType('Meter', 'an object', input);
  const id = input.id;
  if (typeof id !== 'bigint') return wrongType('Meter.id', 'a bigint', id);
  const float64 = input.float64;
  if (typeof float64 !== 'number') return wrongType('Meter.float64', 'a number', float64);
  const float64Maybe = input.float64Maybe;
  if (float64Maybe !== null && float64Maybe !== undefined && typeof float64Maybe !== 'number') {
    return wrongType('Meter.float64Maybe', 'a number', float64Maybe);
  }
  const float32 = input.float32;
  if (typeof float32 !== 'number' || (Number.isFinite(float32) && !Number.isFinite(Math.fround(float32)))) {
    return outOfRange('Meter.float32', 'a number within the range of Float32', float32);
  }
  const float32Maybe = input.float32Maybe;
  if (
    float32Maybe !== null &&
    float32Maybe !== undefined &&
    (typeof float32Maybe !== 'number' || (Number.isFinite(float32Maybe) && !Number.isFinite(Math.fround(float32Maybe))))
  ) {
    return outOfRange('Meter.float32Maybe', 'a number within the range of Float32', float32Maybe);
  }
  const int8 = input.int8;
  if (typeof int8 !== 'number' || ((int8 << 24) >> 24) !== int8) {
    return outOfRange('Meter.int8', 'an integer from -128 to 127', int8);
  }
  const int8Maybe = input.int8Maybe;
  if (
    int8Maybe !== null &&
    int8Maybe !== undefined &&
    (typeof int8Maybe !== 'number' || ((int8Maybe << 24) >> 24) !== int8Maybe)
  ) {
    return outOfRange('Meter.int8Maybe', 'an integer from -128 to 127', int8Maybe);
  }
  const int16 = input.int16;
  if (typeof int16 !== 'number' || ((int16 << 16) >> 16) !== int16) {
    return outOfRange('Meter.int16', 'an integer from -32768 to 32767', int16);
  }
  const int16Maybe = input.int16Maybe;
  if (
    int16Maybe !== null &&
    int16Maybe !== undefined &&
    (typeof int16Maybe !== 'number' || ((int16Maybe << 16) >> 16) !== int16Maybe)
  ) {
    return outOfRange('Meter.int16Maybe', 'an integer from -32768 to 32767', int16Maybe);
  }
  const int32 = input.int32;
  if (typeof int32 !== 'number' || (int32 | 0) !== int32) {
    return outOfRange('Meter.int32', 'an integer from -2147483648 to 2147483647', int32);
  }
  const int32Maybe = input.int32Maybe;
  if (
    int32Maybe !== null &&
    int32Maybe !== undefined &&
    (typeof int32Maybe !== 'number' || (int32Maybe | 0) !== int32Maybe)
  ) {
    return outOfRange('Meter.int32Maybe', 'an integer from -2147483648 to 2147483647', int32Maybe);
  }
  const uint8 = input.uint8;
  if (typeof uint8 !== 'number' || (uint8 & 0xff) !== uint8) {
    return outOfRange('Meter.uint8', 'an integer from 0 to 255', uint8);
  }
  const uint8Maybe = input.uint8Maybe;
  if (
    uint8Maybe !== null &&
    uint8Maybe !== undefined &&
    (typeof uint8Maybe !== 'number' || (uint8Maybe & 0xff) !== uint8Maybe)
  ) {
    return outOfRange('Meter.uint8Maybe', 'an integer from 0 to 255', uint8Maybe);
  }
  const uint16 = input.uint16;
  if (typeof uint16 !== 'number' || (uint16 & 0xffff) !== uint16) {
    return outOfRange('Meter.uint16', 'an integer from 0 to 65535', uint16);
  }
  const uint16Maybe = input.uint16Maybe;
  if (
    uint16Maybe !== null &&
    uint16Maybe !== undefined &&
    (typeof uint16Maybe !== 'number' || (uint16Maybe & 0xffff) !== uint16Maybe)
  ) {
    return outOfRange('Meter.uint16Maybe', 'an integer from 0 to 65535', uint16Maybe);
  }
  const uint32 = input.uint32;
  if (typeof uint32 !== 'number' || (uint32 >>> 0) !== uint32) {
    return outOfRange('Meter.uint32', 'an integer from 0 to 4294967295', uint32);
  }
  const uint32Maybe = input.uint32Maybe;
  if (
    uint32Maybe !== null &&
    uint32Maybe !== undefined &&
    (typeof uint32Maybe !== 'number' || (uint32Maybe >>> 0) !== uint32Maybe)
  ) {
    return outOfRange('Meter.uint32Maybe', 'an integer from 0 to 4294967295', uint32Maybe);
  }
  const int64 = input.int64;
  if (typeof int64 !== 'bigint' || BigInt.asIntN(64, int64) !== int64) {
    return outOfRange('Meter.int64', 'a bigint from -(2n ** 63n) to 2n ** 63n - 1n', int64);
  }
  const int64Maybe = input.int64Maybe;
  if (
    int64Maybe !== null &&
    int64Maybe !== undefined &&
    (typeof int64Maybe !== 'bigint' || BigInt.asIntN(64, int64Maybe) !== int64Maybe)
  ) {
    return outOfRange('Meter.int64Maybe', 'a bigint from -(2n ** 63n) to 2n ** 63n - 1n', int64Maybe);
  }
  const uint64 = input.uint64;
  if (typeof uint64 !== 'bigint' || BigInt.asUintN(64, uint64) !== uint64) {
    return outOfRange('Meter.uint64', 'a bigint from 0n to 2n ** 64n - 1n', uint64);
  }
  const uint64Maybe = input.uint64Maybe;
  if (
    uint64Maybe !== null &&
    uint64Maybe !== undefined &&
    (typeof uint64Maybe !== 'bigint' || BigInt.asUintN(64, uint64Maybe) !== uint64Maybe)
  ) {
    return outOfRange('Meter.uint64Maybe', 'a bigint from 0n to 2n ** 64n - 1n', uint64Maybe);
  }
  const on = input.on;
  if (on !== null && typeof on !== 'boolean') return wrongType('Meter.on', 'a boolean', on);
  return null;
}

function createMeter(input: MeterInput, _now: number, _generated?: MeterKey): Meter {
  const problem = checkMeter(input);
  if (problem !== null) throw problem.toError();
  return new newMeter(
    input.id,
    input.float64,
    input.float64Maybe,
    Math.fround(input.float32),
    input.float32Maybe === null || input.float32Maybe === undefined ? input.float32Maybe : Math.fround(input.float32Maybe),
    input.int8 + 0,
    input.int8Maybe === null || input.int8Maybe === undefined ? input.int8Maybe : input.int8Maybe + 0,
    input.int16 + 0,
    input.int16Maybe === null || input.int16Maybe === undefined ? input.int16Maybe : input.int16Maybe + 0,
    input.int32 + 0,
    input.int32Maybe === null || input.int32Maybe === undefined ? input.int32Maybe : input.int32Maybe + 0,
    input.uint8 + 0,
    input.uint8Maybe === null || input.uint8Maybe === undefined ? input.uint8Maybe : input.uint8Maybe + 0,
    input.uint16 + 0,
    input.uint16Maybe === null || input.uint16Maybe === undefined ? input.uint16Maybe : input.uint16Maybe + 0,
    input.uint32 + 0,
    input.uint32Maybe === null || input.uint32Maybe === undefined ? input.uint32Maybe : input.uint32Maybe + 0,
    input.int64,
    input.int64Maybe,
    input.uint64,
    input.uint64Maybe,
    input.on,
  );
}

/** All that the database needs to know of Meter. */
export const meterEntity: EntityRuntime<Meter, MeterKey, MeterInput> = {
  model: {
    name: 'Meter',
    storedName: 'Meter',
    accessor: 'meter',
    key: { fields: ['id'], autoIncrement: false, generate: null },
    fields: [
      {
        name: 'id',
        storedName: 'id',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'bigint' },
        nullable: false,
        optional: false,
      },
      {
        name: 'float64',
        storedName: 'float64',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'float64' },
        nullable: false,
        optional: false,
      },
      {
        name: 'float64Maybe',
        storedName: 'float64Maybe',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'float64' },
        nullable: true,
        optional: true,
      },
      {
        name: 'float32',
        storedName: 'float32',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'float32' },
        nullable: false,
        optional: false,
      },
      {
        name: 'float32Maybe',
        storedName: 'float32Maybe',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'float32' },
        nullable: true,
        optional: true,
      },
      {
        name: 'int8',
        storedName: 'int8',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'int8' },
        nullable: false,
        optional: false,
      },
      {
        name: 'int8Maybe',
        storedName: 'int8Maybe',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'int8' },
        nullable: true,
        optional: true,
      },
      {
        name: 'int16',
        storedName: 'int16',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'int16' },
        nullable: false,
        optional: false,
      },
      {
        name: 'int16Maybe',
        storedName: 'int16Maybe',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'int16' },
        nullable: true,
        optional: true,
      },
      {
        name: 'int32',
        storedName: 'int32',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'int32' },
        nullable: false,
        optional: false,
      },
      {
        name: 'int32Maybe',
        storedName: 'int32Maybe',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'int32' },
        nullable: true,
        optional: true,
      },
      {
        name: 'uint8',
        storedName: 'uint8',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'uint8' },
        nullable: false,
        optional: false,
      },
      {
        name: 'uint8Maybe',
        storedName: 'uint8Maybe',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'uint8' },
        nullable: true,
        optional: true,
      },
      {
        name: 'uint16',
        storedName: 'uint16',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'uint16' },
        nullable: false,
        optional: false,
      },
      {
        name: 'uint16Maybe',
        storedName: 'uint16Maybe',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'uint16' },
        nullable: true,
        optional: true,
      },
      {
        name: 'uint32',
        storedName: 'uint32',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'uint32' },
        nullable: false,
        optional: false,
      },
      {
        name: 'uint32Maybe',
        storedName: 'uint32Maybe',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'uint32' },
        nullable: true,
        optional: true,
      },
      {
        name: 'int64',
        storedName: 'int64',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'int64' },
        nullable: false,
        optional: false,
      },
      {
        name: 'int64Maybe',
        storedName: 'int64Maybe',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'int64' },
        nullable: true,
        optional: true,
      },
      {
        name: 'uint64',
        storedName: 'uint64',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'uint64' },
        nullable: false,
        optional: false,
      },
      {
        name: 'uint64Maybe',
        storedName: 'uint64Maybe',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'uint64' },
        nullable: true,
        optional: true,
      },
      {
        name: 'on',
        storedName: 'on',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'boolean' },
        nullable: true,
        optional: false,
      },
    ],
    indexes: [],
  },
  fingerprint: '0123456789abcdef',
  row: { encode: encodeMeter, decode: decodeMeter },
  key: keyCodec,
  indexes: indexCodecs,
  keyOf: (row) => row.id,
  create: createMeter,
  check: checkMeter,
};
