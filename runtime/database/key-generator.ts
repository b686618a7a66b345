// Primary keys that the database makes: auto-increment numbers, ULIDs and version 7 UUIDs. Time and randomness come in through
// parameters, so a test can make the same keys twice.
import { LimitError } from '../errors.js';
import type { EntityModel, FieldType } from '../schema/model.js';

/** Fills the array with random bytes. */
export type RandomSource = (into: Uint8Array) => void;

export interface KeyGenerator {
  /** A key that is greater than all that were made before; `now` is epoch milliseconds. */
  next(now: number): unknown;
  /** Tells of a key that the caller chose. */
  observe(key: unknown): void;
}

/**
 * Counts from 1. The counter is at least the largest key among the rows, so it is stored only when rows at its top are deleted:
 * a key that was committed once never comes again. A key may be skipped when its write fails.
 */
export class AutoIncrement implements KeyGenerator {
  private readonly entity: string;
  private readonly most: number | bigint | null;
  /** The last key that was given out, or chosen by a caller. */
  last: number | bigint;
  /** What the stored counter says. */
  stored: number | bigint;
  /** Whether the next commit is to store `last`. */
  mustStore = false;

  constructor(model: EntityModel, stored: number | bigint | null) {
    const { type } = model.fields.find((field) => field.name === model.key.fields[0])!;
    this.entity = model.name;
    this.most = largestKey(type);
    this.stored = stored ?? (isBigint(type) ? 0n : 0);
    this.last = this.stored;
  }

  next(): number | bigint {
    if (this.most !== null && this.last >= this.most) {
      throw new LimitError(
        'QDB4053',
        `${this.entity} has no auto-increment key left above ${this.last}. Widen the key's type.`,
      );
    }
    if (typeof this.last === 'bigint') this.last += 1n;
    else this.last += 1;
    return this.last;
  }

  observe(key: unknown): void {
    if (typeof key === 'bigint' && key > this.last) this.last = key;
    // Fractions and infinities are keys, too; the counter stays a whole number that can be counted on from.
    else if (typeof key === 'number' && key > this.last && key <= Number.MAX_SAFE_INTEGER) this.last = Math.floor(key);
  }

  /** Tells of a deletion: when it could make a reopened database forget how far keys have gone, `mustStore` becomes true. */
  deleted(key: unknown): void {
    if ((typeof key === 'number' || typeof key === 'bigint') && key > this.stored) this.mustStore = true;
  }
}

function isBigint({ kind }: FieldType): boolean {
  return kind === 'bigint' || kind === 'int64' || kind === 'uint64';
}

/** The greatest key that a column can count to; null where there is none. */
export function largestKey(type: FieldType): number | bigint | null {
  switch (type.kind) {
    case 'int8':
      return 0x7f;
    case 'int16':
      return 0x7fff;
    case 'int32':
      return 0x7fffffff;
    case 'uint8':
      return 0xff;
    case 'uint16':
      return 0xffff;
    case 'uint32':
      return 0xffffffff;
    case 'float32':
      return 2 ** 24;
    case 'int64':
      return 2n ** 63n - 1n;
    case 'uint64':
      return 2n ** 64n - 1n;
    case 'bigint':
      return null;
    default:
      return Number.MAX_SAFE_INTEGER;
  }
}

/** Time that never runs backwards, and random bytes that count up while it stands still: what both string keys are made of. */
class MonotonicRandom {
  readonly bytes: Uint8Array;
  time = -1;
  private readonly random: RandomSource;
  private readonly firstMask: number;

  /** `firstMask` clears the bits of the first byte that the format has no room for, and one more to count into. */
  constructor(size: number, firstMask: number, random: RandomSource) {
    this.bytes = new Uint8Array(size);
    this.firstMask = firstMask;
    this.random = random;
  }

  advance(now: number): void {
    if (now > this.time) {
      this.time = now;
      this.draw();
    } else if (!this.increment()) {
      this.time++;
      this.draw();
    }
  }

  private draw(): void {
    this.random(this.bytes);
    this.bytes[0]! &= this.firstMask;
  }

  /** False when all the bits are used up, which takes more keys in a millisecond than can be made. */
  private increment(): boolean {
    for (let i = this.bytes.length - 1; i > 0; i--) {
      this.bytes[i]!++;
      if (this.bytes[i] !== 0) return true;
    }
    if (this.bytes[0]! >= ((this.firstMask << 1) | 1)) return false;
    this.bytes[0]!++;
    return true;
  }
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** ULIDs (github.com/ulid/spec): 48 bits of time and 80 of randomness, 26 characters, monotonic within a millisecond. */
export class UlidGenerator implements KeyGenerator {
  private readonly source: MonotonicRandom;

  constructor(random: RandomSource) {
    this.source = new MonotonicRandom(10, 0x7f, random);
  }

  next(now: number): string {
    const { source } = this;
    source.advance(now);
    let text = '';
    let time = source.time;
    for (let i = 0; i < 10; i++) {
      text = CROCKFORD[time % 32]! + text;
      time = Math.floor(time / 32);
    }
    let bits = 0;
    let held = 0;
    for (const byte of source.bytes) {
      held = (held << 8) | byte;
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text += CROCKFORD[(held >>> bits) & 31];
      }
      held &= (1 << bits) - 1;
    }
    return text;
  }

  observe(): void {}
}

/** Version 7 UUIDs (RFC 9562): 48 bits of time, 74 of randomness, monotonic within a millisecond (method 2 of section 6.2). */
export class Uuidv7Generator implements KeyGenerator {
  private readonly source: MonotonicRandom;

  constructor(random: RandomSource) {
    // 10 bytes of which 74 bits are used: 2 in the first byte.
    this.source = new MonotonicRandom(10, 0x01, random);
  }

  next(now: number): string {
    const { source } = this;
    source.advance(now);
    const time = source.time.toString(16).padStart(12, '0');
    const digits = Array.from(source.bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    // bits:   2       8         8          8 ... of `digits`; rand_a takes the first 12, rand_b the other 62.
    const value = BigInt(`0x${digits}`);
    const randA = (value >> 62n).toString(16).padStart(3, '0');
    const randB = ((value & ((1n << 62n) - 1n)) | (0b10n << 62n)).toString(16).padStart(16, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${randA}-${randB.slice(0, 4)}-${randB.slice(4)}`;
  }

  observe(): void {}
}

/** The generator that an entity's primary key asks for, or null. */
export function generatorOf(
  model: EntityModel,
  stored: number | bigint | null,
  random: RandomSource,
): KeyGenerator | null {
  if (model.key.autoIncrement) return new AutoIncrement(model, stored);
  if (model.key.generate === 'ulid') return new UlidGenerator(random);
  if (model.key.generate === 'uuidv7') return new Uuidv7Generator(random);
  return null;
}
