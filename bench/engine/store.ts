// The race on pairs of bytes: what each contestant must do, and the pairs.
import { random } from '../users.js';

export const KEY_BYTES = 16;
export const VALUE_BYTES = 250;

/** 'os': the kernel has a put when it is done; 'disk': the disk has it. */
export type Sync = 'os' | 'disk';

export interface PairStore {
  readonly name: string;
  open(path: string, sync: Sync): Promise<void>;
  /** Loads all pairs, in the order given; durable when done. */
  bulk(pairs: Pairs): Promise<void>;
  /** Length of the value, or -1. */
  get(key: Buffer): number;
  /** Walks all pairs in order; answers the bytes of their values. */
  scan(): Promise<number>;
  /** One put, done when it returns or resolves. */
  put(key: Buffer, value: Buffer): void | Promise<void>;
  /** Puts that are started together; resolves when all are done. */
  putAll(keys: readonly Buffer[], value: Buffer): Promise<void>;
  /** What the store says of itself, for the table's notes. */
  close(): Promise<void>;
}

export interface Pairs {
  readonly keys: readonly Buffer[];
  readonly values: readonly Buffer[];
}

/** Pairs with random keys, and values of which half could be compressed. The same for the same count. */
export function makePairs(count: number): Pairs {
  const next = random(1);
  const keys: Buffer[] = [];
  const values: Buffer[] = [];
  for (let i = 0; i < count; i++) {
    const key = Buffer.allocUnsafeSlow(KEY_BYTES);
    for (let at = 0; at < KEY_BYTES; at += 4) key.writeUInt32BE(Math.floor(next() * 2 ** 32), at);
    keys.push(key);
    const value = Buffer.alloc(VALUE_BYTES, 'value ');
    for (let at = 0; at < VALUE_BYTES / 2; at += 4) value.writeUInt32BE(Math.floor(next() * 2 ** 32), at);
    values.push(value);
  }
  return { keys, values };
}
