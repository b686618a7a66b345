// What a database is opened with, checked: what TypeScript would have refused gets a typed error that says what to give instead.
import type { Durability, EngineOptions } from '../engine/index.js';
import { StorageError } from '../errors.js';
import { parseDuration } from '../schema/duration.js';
import type { Duration } from '../schema/markers.js';
import { NodeVfs } from '../vfs/node.js';
import type { Vfs } from '../vfs/vfs.js';
import type { Clock } from './expiry.js';
import type { RandomSource } from './key-generator.js';
import type { WarningReporter } from './open-snapshots.js';
import type { Surroundings } from './store.js';

/** `'64MB'`: a number of KB, MB or GB, which are powers of 1024 bytes. */
export type ByteSize = `${number}${'KB' | 'MB' | 'GB'}`;

/** See EngineOptions.compression. */
export type Compression = NonNullable<EngineOptions['compression']>;

/** What `openDatabase` takes: `openDatabase({ path: './data', memory: '256MB', history: '7d' })`. */
export interface OpenOptions {
  /** The database's directory, created when missing. */
  readonly path: string;
  /** When a write is done: `'commit'` (default) after fdatasync, `'interval'` within 100 ms of it, `'os'` once the kernel has it. */
  readonly durability?: Durability;
  /** Table blocks to hold in memory: a number of bytes, or `'64MB'` (default), in powers of 1024; up to `'2GB'`. */
  readonly memory?: number | ByteSize;
  /**
   * How blocks of tables are packed: `'none'` (default), `'zlib'`, or `'zstd'` where Node has it (22.15 and up). Counts for what is
   * written from now on; what stands there is read as it was written.
   */
  readonly compression?: Compression;
  /** The files; the default is the disk. `MemoryVfs` keeps everything in memory. */
  readonly vfs?: Vfs;
  /** Milliseconds since the epoch, for generated keys and `now` defaults; `Date.now` unless given. */
  readonly clock?: Clock;
  /** Random bytes for generated keys; the platform's secure source unless given. */
  readonly random?: RandomSource;
  /**
   * How long what was overwritten or deleted can be read again, by `db.at` and `openDatabase({ path, at })`: `'7d'`; `'0d'` ends
   * it. Kept with the database: an opening that leaves it out goes on with what the last one asked for.
   */
  readonly history?: Duration;
  /** Told of snapshots that nobody closed; `process.emitWarning` unless given. */
  readonly warn?: WarningReporter;
}

/** The same for the past, which is only read: `openDatabase({ path: './data', at: new Date('2026-11-20') })`. */
export interface OpenPastOptions extends OpenOptions {
  /** Which past: a date, or what `sequence` of a snapshot or of `stats()` was. */
  readonly at: number | Date;
}

/** The calls of a file system that every one has. */
const VFS_CALLS: readonly (keyof Vfs)[] = [
  ...(['open', 'exists', 'list', 'mkdir', 'rename', 'remove', 'syncDirectory', 'join', 'lock'] as const),
];

const UNIT_BYTES: Readonly<Record<string, number>> = { KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** Options of what openDatabase was given. Throws StorageError QDB4014 where it is neither a path nor options. */
export function optionsOf<Options extends OpenOptions>(given: string | Options): Options | OpenOptions {
  if (typeof given === 'string') return { path: given };
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given;
  throw wrong(`openDatabase was given ${nameOf(given)}. Give it a path or options: "./data", or { path: "./data" }.`);
}

/** Whether openDatabase is to open the past; `at: undefined` counts as not given, and an array, which has an `at`, as no options. */
export function opensPast(options: string | OpenOptions | OpenPastOptions): options is OpenPastOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return false;
  return 'at' in options && options.at !== undefined;
}

/** Options as the engine takes them, and what the store takes from around it. Throws StorageError QDB4014. */
export function settle<Options extends OpenOptions>({ clock, random, warn, vfs, history, memory, ...rest }: Options) {
  for (const [name, given] of Object.entries({ clock, random, warn })) {
    if (given !== undefined && typeof given !== 'function') {
      throw wrong(`${name} is ${nameOf(given)}. Give a function, or leave it out.`);
    }
  }
  if (vfs !== undefined) assertVfs(vfs);
  const surroundings: Surroundings = {
    clock: clock ?? Date.now,
    random: random ?? secureRandom,
    warn: warn ?? emitWarning,
  };
  return {
    ...rest,
    ...(memory === undefined ? {} : { memory: bytesOf(memory) }),
    vfs: vfs ?? new NodeVfs(),
    history: history === undefined ? null : millisecondsOf(history),
    surroundings,
  };
}

function assertVfs(vfs: unknown): void {
  const given = (typeof vfs === 'object' && vfs !== null ? vfs : {}) as Record<string, unknown>;
  const missing = VFS_CALLS.find((name) => typeof given[name] !== 'function');
  if (missing === undefined) return;
  throw wrong(`vfs is no file system: it has no ${missing}(). Give a NodeVfs, a MemoryVfs or another Vfs.`);
}

/** Numbers are the engine's to check. */
function bytesOf(memory: number | ByteSize): number {
  if (typeof memory === 'number') return memory;
  const [, count, unit] = /^(\d+(?:\.\d+)?)(KB|MB|GB)$/.exec(memory) ?? [];
  const bytes = Math.floor(Number(count) * (UNIT_BYTES[unit ?? ''] ?? Number.NaN));
  if (Number.isSafeInteger(bytes)) return bytes;
  throw wrong(`memory is ${nameOf(memory)}. Give a number of bytes, or a size in KB, MB or GB, as '64MB'.`);
}

function millisecondsOf(history: Duration): number {
  const milliseconds = parseDuration(history);
  if (milliseconds !== undefined) return milliseconds;
  throw wrong(`history is "${history}". Give a whole number and a unit, s, m, h, d or w, as '7d'.`);
}

function wrong(what: string): StorageError {
  return new StorageError('QDB4014', what);
}

function nameOf(given: unknown): string {
  if (typeof given === 'string') return `"${given}"`;
  if (Array.isArray(given)) return 'an array';
  return typeof given === 'object' && given !== null ? 'an object' : String(given);
}

function secureRandom(into: Uint8Array): void {
  globalThis.crypto.getRandomValues(into);
}

function emitWarning(message: string, code: string): void {
  process.emitWarning(message, { type: 'QuantaWarning', code });
}
