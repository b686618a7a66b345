// What was written is read back, by key and in order both ways, whatever the keys, values, versions and options.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadXxh3 } from '../../../runtime/bytes/xxh3.js';
import { PageCache } from '../../../runtime/engine/cache/page-cache.js';
import { hasZstd } from '../../../runtime/engine/table/compression.js';
import { openTable } from '../../../runtime/engine/table/reader.js';
import type { Compression } from '../../../runtime/engine/table/table.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';
import { NodeVfs } from '../../../runtime/vfs/node.js';
import {
  anyKey,
  build,
  create,
  expectSame,
  expectVersion,
  expectVersions,
  get,
  keySizes,
  modelGet,
  PATH,
  scan,
  standing,
  TABLE,
  type TestOptions,
  type Version,
  version,
  versions,
  write,
} from './rig.js';

beforeAll(loadXxh3);

const compressions: Compression[] = hasZstd ? ['none', 'zlib', 'zstd'] : ['none', 'zlib'];

const cases = keySizes.chain((keySize) =>
  fc.record({
    versions: versions(keySize),
    probes: fc.array(anyKey(keySize), { maxLength: 20 }),
    steps: fc.array(fc.boolean(), { maxLength: 60 }),
    options: fc.record({
      keySize: fc.constant(keySize),
      blockBytes: fc.constantFrom(4096, 8192, 32768),
      bitsPerKey: fc.constantFrom(0, 8, 16, 32),
      compression: fc.constantFrom(...compressions),
    }) as fc.Arbitrary<TestOptions>,
    budget: fc.constantFrom(1, 1 << 22),
  }),
);

describe('a table against its model', () => {
  it('answers every key at every sequence, and absent keys with absence', () => {
    fc.assert(
      fc.property(cases, ({ versions: all, probes, options, budget }) => {
        const table = build(all, options, new PageCache(budget));
        const keys = [...all.map((v) => v.key), ...probes];
        for (const key of keys) {
          for (const at of [Number.MAX_SAFE_INTEGER, 3, 1, 0]) {
            expectSame(get(table, key, at), modelGet(all, key, at));
            expectSame(get(table, key, at, 'getLikely'), modelGet(all, key, at));
          }
        }
        for (const v of all) expectSame(get(table, v.key, v.sequence), v.deleted ? 'deleted' : v.value);
        table.verify();
        table.close();
      }),
      { numRuns: 150 },
    );
  });

  it('walks all versions in order, both ways, from any key, with changes of direction', () => {
    fc.assert(
      fc.property(cases, ({ versions: all, probes, steps, options, budget }) => {
        const table = build(all, options, new PageCache(budget));
        expectVersions(scan(table), all);
        const cursor = table.cursor();
        const backwards: Version[] = [];
        for (let on = cursor.seekToLast(); on; on = cursor.prev()) backwards.push(standing(cursor));
        expectVersions(backwards.reverse(), all);
        for (const probe of [...probes, all[0]!.key, all.at(-1)!.key]) {
          let at = all.findIndex((v) => v.key.compare(probe) >= 0);
          let on = cursor.seek(probe, 0, probe.length);
          expect(on).toBe(at >= 0);
          for (const forward of steps) {
            if (!on) break;
            expectVersion(standing(cursor), all[at]!);
            at += forward ? 1 : -1;
            on = forward ? cursor.next() : cursor.prev();
            expect(on).toBe(at >= 0 && at < all.length);
          }
        }
        cursor.close();
        table.close();
      }),
      { numRuns: 100 },
    );
  });

  it('sums itself up', () => {
    fc.assert(
      fc.property(cases, ({ versions: all, options }) => {
        const vfs = new MemoryVfs();
        const summary = write(vfs, all, options);
        const sequences = all.map((v) => v.sequence);
        const leastLead = Math.min(0xff, ...all.filter((v) => !v.deleted).map((v) => v.value[0] ?? 0));
        const expected = {
          bytes: vfs.open(PATH, 'read').size(),
          entries: all.length,
          tombstones: all.filter((v) => v.deleted).length,
          smallest: all[0]!.key,
          largest: all.at(-1)!.key,
          minSequence: Math.min(...sequences),
          maxSequence: Math.max(...sequences),
        };
        // That one is told by the manifest alone.
        expect(summary).toEqual({ ...expected, ...(leastLead > 1 ? { leastLead } : {}) });
        const table = openTable(vfs, PATH, TABLE, new PageCache(1));
        expect(table).toMatchObject({ ...expected, ...TABLE, treeName: 'tree', path: PATH, keySize: options.keySize });
        table.close();
      }),
      { numRuns: 50 },
    );
  });
});

describe('many versions of one key over several blocks', () => {
  for (const keySize of [8, null]) {
    it(`finds each by its sequence (key size ${keySize})`, () => {
      const key = Buffer.from('same-key');
      const all = [
        version('aaaaaaaa', 'before'),
        ...Array.from({ length: 500 }, (_, i) => version(key, `${1000 - 2 * i}`.padEnd(50), 1000 - 2 * i)),
        version('zzzzzzzz', 'after'),
      ];
      const table = build(all, { keySize, bitsPerKey: 16 });
      expect(table.blocks).toBeGreaterThan(5);
      for (let at = 1; at <= 1001; at++) expectSame(get(table, key, at), modelGet(all, key, at));
      const cursor = table.cursor();
      expect(cursor.seek(key, 0, 8)).toBe(true);
      expect(cursor.sequence).toBe(1000);
      cursor.close();
      table.verify();
    });
  }
});

describe('the stages of get', () => {
  it('find the same as get, in keys that stand one behind the other', () => {
    const all = Array.from({ length: 1000 }, (_, i) => version(`key${String(i * 2).padStart(6, '0')}`, `value ${i}`));
    const table = build(all, { keySize: 9, bitsPerKey: 8 });
    const keys = Buffer.from('key000010key000011key001998key999999');
    expect([0, 9, 18, 27].map((start) => table.locate(keys, start, start + 9))).toEqual([0, 0, table.blocks - 1, -1]);
    expect(get(table, keys.subarray(0, 9))?.toString()).toBe('value 5');
    expect(get(table, keys.subarray(9, 18))).toBe(undefined);
  });
});

describe('a writer', () => {
  const options: TestOptions = { keySize: null, bitsPerKey: 8 };

  it('refuses entries out of order and the same version twice', () => {
    const writer = create(new MemoryVfs(), options);
    const add = (key: string, sequence: number) => {
      const { key: k, value: v } = version(key, 'v');
      writer.add(k, 0, k.length, sequence, false, v, 0, v.length);
    };
    add('b', 5);
    add('b', 4);
    for (const [key, sequence] of [
      ['b', 4],
      ['b', 5],
      ['a', 1],
      ['', 1],
    ] as const) {
      expect(() => add(key, sequence)).toThrow(/QDB4080/);
    }
    add('ba', 9);
    expect(writer.finish().entries).toBe(3);
  });

  it('refuses keys that are too long or not of the size of the tree', () => {
    const variable = create(new MemoryVfs(), options);
    expect(() => variable.add(Buffer.alloc(16384), 0, 16384, 1, false, Buffer.alloc(0), 0, 0)).toThrow(/QDB4050/);
    variable.add(Buffer.alloc(16383), 0, 16383, 1, false, Buffer.alloc(0), 0, 0);
    const fixed = create(new MemoryVfs(), { keySize: 8, bitsPerKey: 8 });
    for (const size of [7, 9, 4]) {
      expect(() => fixed.add(Buffer.alloc(9), 0, size, 1, false, Buffer.alloc(0), 0, 0)).toThrow(/QDB4050/);
    }
    expect(() => create(new MemoryVfs(), { keySize: 8, bitsPerKey: 8, blockBytes: 5000 })).toThrow(/QDB4050/);
  });

  it('leaves no file when aborted, and refuses to finish an empty one', () => {
    const vfs = new MemoryVfs();
    const writer = create(vfs, options);
    expect(() => writer.finish()).toThrow(/QDB4080/);
    writer.abort();
    expect(vfs.exists(PATH)).toBe(false);
  });

  it('estimates its size', () => {
    const writer = create(new MemoryVfs(), { keySize: 8, bitsPerKey: 16 });
    const key = Buffer.alloc(8);
    const value = Buffer.alloc(200);
    for (let i = 0; i < 10_000; i++) {
      key.writeUInt32BE(i);
      writer.add(key, 0, 8, 1, false, value, 0, 200);
    }
    const estimate = writer.estimatedBytes;
    const { bytes } = writer.finish();
    expect(Math.abs(estimate - bytes)).toBeLessThan(8192);
  });
});

describe('on a disk', () => {
  it('a table is synced as it is written and reads back after reopening', () => {
    const directory = mkdtempSync(join(tmpdir(), 'qdb-table-'));
    try {
      const vfs = new NodeVfs();
      const path = join(directory, '000001.table');
      const all = Array.from({ length: 5000 }, (_, i) =>
        version(`key${String(i).padStart(5, '0')}`, 'x'.repeat(i % 300)),
      );
      const { bytes } = write(vfs, all, { keySize: 8, bitsPerKey: 16, syncBytes: 64 * 1024 }, path);
      expect(statSync(path).size).toBe(bytes);
      const table = openTable(vfs, path, TABLE, new PageCache(1 << 16));
      expectVersions(scan(table), all);
      table.verify();
      table.close();
      expect(() => create(vfs, { keySize: 8, bitsPerKey: 16 }, path)).toThrow(/EEXIST/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
