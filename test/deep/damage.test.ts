// Every byte of every file of a small closed database flipped, every file cut at every length, every file missing: the engine gives the
// right answer or a typed error, never a wrong or missing row.
import { beforeAll, describe, expect, it } from 'vitest';
import { loadXxh3 } from '../../runtime/bytes/xxh3.js';
import type { EngineOptions } from '../../runtime/engine/index.js';
import { openEngineSync } from '../../runtime/engine/open.js';
import { CorruptionError, QuantaError, StorageError } from '../../runtime/errors.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { after, contents, type Entries, history, perform, same, TINY } from '../engine/workload.js';
import { integer, seeded } from '../support/random.js';

type Files = ReadonlyMap<string, Buffer>;

/** Levels, an L0, loads, and commits that stand in the log only. */
function closedDatabase(options: Partial<EngineOptions>): { files: Files; expected: Entries } {
  const vfs = new MemoryVfs();
  const writes = history(5, 45);
  const settings = { ...TINY, ...options, vfs };
  const engine = openEngineSync(settings);
  for (const write of writes) perform(engine, write);
  expect(engine.stats().compactions.count).toBeGreaterThan(0);
  expect(engine.stats().trees.every(({ memtableEntries }) => memtableEntries > 0)).toBe(true);
  engine.closeSync();
  const files = new Map<string, Buffer>();
  for (const name of vfs.list('/db')) {
    const file = vfs.open(`/db/${name}`, 'read');
    const bytes = Buffer.alloc(file.size());
    file.read(bytes, 0, bytes.length, 0);
    files.set(name, bytes);
  }
  return { files, expected: writes.reduce(after, new Map() as Entries) };
}

function diskOf(files: Files): MemoryVfs {
  const vfs = new MemoryVfs();
  vfs.mkdir('/db');
  for (const [name, bytes] of files) {
    const file = vfs.open(`/db/${name}`, 'create');
    file.write(bytes, 0, bytes.length, 0);
    file.close();
  }
  return vfs;
}

/** Reads everything there is; undefined for the right answer, otherwise the typed error. Throws on anything else. */
function read(files: Files, expected: Entries, options: Partial<EngineOptions>): QuantaError | undefined {
  const vfs = diskOf(files);
  try {
    const engine = openEngineSync({ ...TINY, ...options, compaction: 'manual', vfs });
    try {
      if (!same(contents(engine), expected)) throw new Error('rows are wrong or missing, and nothing was said');
    } finally {
      engine.closeSync();
    }
    return undefined;
  } catch (error) {
    if (error instanceof QuantaError) return error;
    throw error;
  }
}

describe.each([
  { name: 'plain blocks', options: {} },
  { name: 'packed blocks', options: { compression: 'zlib' as const } },
])('a damaged database, $name', ({ options }) => {
  let files: Files = new Map();
  let expected: Entries = new Map();

  beforeAll(async () => {
    await loadXxh3();
    ({ files, expected } = closedDatabase(options));
    expect(read(files, expected, options)).toBeUndefined();
  });

  /** The database with one file as `change` makes it. */
  const damaged = (name: string, bytes: Buffer | null): Files => {
    const changed = new Map(files);
    if (bytes === null) changed.delete(name);
    else changed.set(name, bytes);
    return changed;
  };

  const check = (name: string, bytes: Buffer | null, what: string): QuantaError | undefined => {
    try {
      return read(damaged(name, bytes), expected, options);
    } catch (error) {
      throw new Error(`${name}: ${what}`, { cause: error });
    }
  };

  it('every byte flipped', () => {
    const random = seeded(7);
    const told = new Map<string, number>();
    for (const [name, bytes] of files) {
      let errors = 0;
      for (let at = 0; at < bytes.length; at++) {
        const kept = bytes[at]!;
        bytes[at] = kept ^ (1 << integer(random, 8));
        const error = check(name, bytes, `a bit of byte ${at} flipped`);
        bytes[at] = kept;
        if (error === undefined) continue;
        errors++;
        expect(error, `${name}, byte ${at}`).toBeInstanceOf(StorageError);
        if (error instanceof CorruptionError) expect(error.file).toMatch(/^\/db\/./);
      }
      told.set(name, errors / bytes.length);
    }
    // Tables and the manifest hold nothing that no checksum covers.
    for (const [name, share] of told) {
      if (/table|CURRENT/.test(name)) expect(share, name).toBe(1);
    }
  });

  it('every file cut at every length', () => {
    for (const [name, bytes] of files) {
      for (let size = 0; size < bytes.length; size++) check(name, bytes.subarray(0, size), `cut to ${size} bytes`);
    }
  });

  it('every file missing, and every file empty', () => {
    const told: string[] = [];
    for (const name of files.keys()) {
      if (check(name, null, 'missing') !== undefined) told.push(name);
      check(name, Buffer.alloc(0), 'empty');
    }
    expect(told).toEqual(expect.arrayContaining([...files.keys()].filter((name) => !/^wal/.test(name))));
    expect(told.some((name) => /^wal/.test(name))).toBe(true);
  });
});
