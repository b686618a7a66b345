// The corners of the block format, one by one: no hash index, every width of sequences, blocks that do not shrink, missing zstd.
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadXxh3 } from '../../../runtime/bytes/xxh3.js';
import { hasZstd } from '../../../runtime/engine/table/compression.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';
import { build, create, expectSame, expectVersions, get, PATH, scan, type Version, version } from './rig.js';

beforeAll(loadXxh3);

describe('blocks with more entries than the hash index can number', () => {
  it.each([4096, 32768])('are searched (blocks of %i bytes)', (blockBytes) => {
    const all = Array.from({ length: 8000 }, (_, i) => version(`k${String(i * 2).padStart(5, '0')}`, ''));
    const table = build(all, { keySize: null, bitsPerKey: 0, blockBytes });
    expect(all.length / table.blocks).toBeGreaterThan(254);
    const cursor = table.cursor();
    for (let i = 0; i < all.length; i += 7) {
      expectSame(get(table, all[i]!.key), all[i]!.value);
      const between = Buffer.from(`k${String(i * 2 + 1).padStart(5, '0')}`);
      expectSame(get(table, between), undefined);
      expect(cursor.seek(between, 0, between.length)).toBe(i + 1 < all.length);
      if (cursor.valid) expectSame(cursor.key.copy(), all[i + 1]!.key);
    }
    cursor.close();
    table.verify();
    table.close();
  });
});

describe('sequences', () => {
  it.each([0, 1, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 52])('that span %d', (span) => {
    const all = ['a', 'b', 'c'].map((key, i) => version(key, key, 1 + [span, 0, Math.floor(span / 2)][i]!));
    for (const keySize of [1, null]) {
      const table = build(all, { keySize, bitsPerKey: 8 });
      expectVersions(scan(table), all);
      for (const v of all) {
        expectSame(get(table, v.key, v.sequence), v.value);
        expectSame(get(table, v.key, v.sequence - 1), undefined);
      }
      table.close();
    }
  });
});

describe('packed tables', () => {
  /** Values that deflate cannot shrink, from a digest chain. */
  function incompressible(count: number): Version[] {
    let digest = Buffer.from('seed');
    return Array.from({ length: count }, (_, i) => {
      const parts = Array.from({ length: 20 }, () => {
        digest = createHash('sha256').update(digest).digest();
        return digest;
      });
      return version(`key${String(i).padStart(5, '0')}`, Buffer.concat(parts));
    });
  }

  it('store blocks plain that would not shrink, and shrink the others', () => {
    const hard = incompressible(100);
    const easy = Array.from({ length: 100 }, (_, i) => version(`zzz${String(i).padStart(5, '0')}`, 'a'.repeat(640)));
    const table = build([...hard, ...easy], { keySize: 8, bitsPerKey: 8, compression: 'zlib' });
    expectVersions(scan(table), [...hard, ...easy]);
    table.verify();
    expect(table.bytes).toBeGreaterThan(100 * 640);
    expect(table.bytes).toBeLessThan(100 * 640 + 15_000);
    table.close();
  });

  it.skipIf(hasZstd)('say what to do where this Node lacks zstd', () => {
    const options = { keySize: 8, bitsPerKey: 8, compression: 'zstd' } as const;
    const vfs = new MemoryVfs();
    expect(() => create(vfs, options)).toThrow(/QDB4081.*zlib/);
    expect(vfs.exists(PATH)).toBe(false);
  });
});
