// Damaged tables: every byte flipped, every length cut. Never a wrong answer, always a CorruptionError that names the file.
import { beforeAll, describe, expect, it } from 'vitest';
import { loadXxh3, XXH3_HIGH, XXH3_LOW, xxh3 } from '../../../runtime/bytes/xxh3.js';
import { PageCache } from '../../../runtime/engine/cache/page-cache.js';
import { FORMAT_VERSION } from '../../../runtime/engine/format.js';
import { openTable } from '../../../runtime/engine/table/reader.js';
import { CorruptionError } from '../../../runtime/errors.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';
import {
  expectSame,
  expectVersions,
  get,
  PATH,
  scan,
  TABLE,
  type TestOptions,
  type Version,
  version,
  write,
} from './rig.js';

beforeAll(loadXxh3);

const variable = Array.from({ length: 60 }, (_, i) =>
  version(`user${i * 7}@example.com`, `v${i}`.repeat(i), 1 + (i % 3)),
);
const sorted = [...variable].sort((a, b) => a.key.compare(b.key));
const fixed = Array.from({ length: 60 }, (_, i) =>
  version(`k${String(i).padStart(7, '0')}`, `v${i}`.repeat(i), 1, i % 9 === 0),
);

const tables: { name: string; versions: Version[]; options: TestOptions }[] = [
  { name: 'fixed keys', versions: fixed, options: { keySize: 8, bitsPerKey: 16 } },
  { name: 'keys that vary', versions: sorted, options: { keySize: null, bitsPerKey: 8 } },
  { name: 'packed blocks', versions: sorted, options: { keySize: null, bitsPerKey: 8, compression: 'zlib' } },
];

function fileOf(vfs: MemoryVfs): Buffer {
  const file = vfs.open(PATH, 'read');
  const bytes = Buffer.alloc(file.size());
  file.read(bytes, 0, bytes.length, 0);
  file.close();
  return bytes;
}

function vfsWith(bytes: Buffer): MemoryVfs {
  const vfs = new MemoryVfs();
  const file = vfs.open(PATH, 'create');
  file.write(bytes, 0, bytes.length, 0);
  file.close();
  return vfs;
}

/** Opens, gets, scans; every step may only answer right or throw CorruptionError. Answers how many errors came. */
function exercise(bytes: Buffer, versions: readonly Version[]): number {
  let errors = 0;
  const guarded = (step: () => void) => {
    try {
      step();
    } catch (error) {
      if (!(error instanceof CorruptionError)) throw error;
      expect(error.file).toBe(PATH);
      expect(error.offset).toBeLessThanOrEqual(bytes.length);
      errors++;
    }
  };
  guarded(() => {
    const table = openTable(vfsWith(bytes), PATH, TABLE, new PageCache(1));
    guarded(() => {
      expectSame(get(table, versions[7]!.key), versions[7]!.value);
    });
    guarded(() => {
      expectVersions(scan(table), versions);
    });
    guarded(() => table.verify());
    table.close();
  });
  return errors;
}

for (const { name, versions, options } of tables) {
  describe(name, () => {
    it('a flipped byte anywhere is always noticed', () => {
      const vfs = new MemoryVfs();
      write(vfs, versions, options);
      const bytes = fileOf(vfs);
      expect(exercise(bytes, versions)).toBe(0);
      for (let at = 0; at < bytes.length; at++) {
        bytes[at]! ^= 1 << (at & 7);
        if (exercise(bytes, versions) === 0) throw new Error(`nobody noticed the flipped byte ${at}`);
        bytes[at]! ^= 1 << (at & 7);
      }
    });

    it('a cut or lengthened file does not open', () => {
      const vfs = new MemoryVfs();
      write(vfs, versions, options);
      const bytes = fileOf(vfs);
      for (let length = 0; length < bytes.length; length++) {
        const cut = vfsWith(bytes.subarray(0, length));
        expect(() => openTable(cut, PATH, TABLE, new PageCache(1))).toThrow(CorruptionError);
      }
      for (const more of [1, 8, 4096]) {
        const longer = vfsWith(Buffer.concat([bytes, Buffer.alloc(more)]));
        expect(() => openTable(longer, PATH, TABLE, new PageCache(1))).toThrow(CorruptionError);
      }
    });
  });
}

describe('whole blocks at wrong places', () => {
  it('are not taken for each other', () => {
    const versions = Array.from({ length: 200 }, (_, i) => version(`k${String(i).padStart(7, '0')}`, 'x'.repeat(100)));
    const vfs = new MemoryVfs();
    write(vfs, versions, { keySize: 8, bitsPerKey: 8 });
    const bytes = fileOf(vfs);
    // All blocks are of one size, since their entries are.
    const index = bytes.readDoubleLE(bytes.length - 40) + bytes.readUInt32LE(bytes.length - 32);
    const stored = bytes.readUInt32LE(index + 12) * 8;
    bytes.copyWithin(stored, 0, stored);
    const table = openTable(vfsWith(bytes), PATH, TABLE, new PageCache(1));
    expect(() => scan(table)).toThrow(/block 0 stands where 1 should/);
    table.close();
  });
});

describe('a damaged block', () => {
  it('takes no frame, and the other blocks stay readable', () => {
    const versions = Array.from({ length: 200 }, (_, i) => version(`k${String(i).padStart(7, '0')}`, 'x'.repeat(100)));
    const vfs = new MemoryVfs();
    write(vfs, versions, { keySize: 8, bitsPerKey: 8 });
    const bytes = fileOf(vfs);
    bytes[100]! ^= 1;
    const cache = new PageCache(1);
    const table = openTable(vfsWith(bytes), PATH, TABLE, cache);
    for (let i = 0; i < 20; i++) expect(() => get(table, versions[0]!.key)).toThrow(CorruptionError);
    expect(cache.used).toBe(0);
    expect(get(table, versions[199]!.key)).toEqual(versions[199]!.value);
    table.close();
  });
});

describe('a table of another format', () => {
  it('is refused by its number, not called damaged', () => {
    const vfs = new MemoryVfs();
    write(vfs, fixed, { keySize: 8, bitsPerKey: 8 });
    const bytes = fileOf(vfs);
    const footer = bytes.subarray(bytes.length - 40);
    footer.writeUInt32LE(FORMAT_VERSION + 1, 20);
    xxh3(footer, 0, 24);
    footer.writeUInt32LE(XXH3_LOW, 24);
    footer.writeUInt32LE(XXH3_HIGH, 28);
    expect(() => openTable(vfsWith(bytes), PATH, TABLE, new PageCache(1))).toThrow(/QDB4011.*format version 3/);
  });
});

describe('a table file in the place of another', () => {
  it('is refused by both names', () => {
    const vfs = new MemoryVfs();
    write(vfs, fixed, { keySize: 8, bitsPerKey: 8 });
    const open = (identity: { id: number; treeId: number }) => openTable(vfs, PATH, identity, new PageCache(1));
    const message = /table 1 of tree 1 \("tree"\) stands where table 2 of tree 1 should/;
    expect(() => open({ id: 2, treeId: 1 })).toThrow(message);
    expect(() => open({ id: 1, treeId: 3 })).toThrow(CorruptionError);
    open(TABLE).close();
  });
});
