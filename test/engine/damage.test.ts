import { beforeAll, describe, expect, it } from 'vitest';
import { loadXxh3 } from '../../runtime/bytes/xxh3.js';
import { openEngineSync } from '../../runtime/engine/open.js';
import { QuantaError } from '../../runtime/errors.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import type { OpenMode, VfsFile } from '../../runtime/vfs/vfs.js';
import { after, contents, type Entries, history, perform, same, TINY } from './workload.js';

type Files = ReadonlyMap<string, Buffer>;

/** A small database that was closed: tables on two levels, a log with records, a manifest. */
function closedDatabase(): { files: Files; expected: Entries } {
  const vfs = new MemoryVfs();
  const engine = openEngineSync({ ...TINY, memtableBytes: 2500, vfs });
  const writes = history(5, 24);
  for (const write of writes) perform(engine, write);
  engine.closeSync();
  const files = new Map(
    vfs.list('/db').map((name) => {
      const file = vfs.open(`/db/${name}`, 'read');
      const bytes = Buffer.alloc(file.size());
      file.read(bytes, 0, bytes.length, 0);
      file.close();
      return [name, bytes] as const;
    }),
  );
  return { files, expected: writes.reduce(after, new Map() as Entries) };
}

/** Knows how many of its files are open. */
class CountingVfs extends MemoryVfs {
  readonly openFiles = new Set<VfsFile>();

  override open(path: string, mode: OpenMode): VfsFile {
    const file = super.open(path, mode);
    const close = file.close.bind(file);
    file.close = () => {
      this.openFiles.delete(file);
      close();
    };
    this.openFiles.add(file);
    return file;
  }
}

function restore(files: Files): CountingVfs {
  const vfs = new CountingVfs();
  vfs.mkdir('/db');
  for (const [name, bytes] of files) {
    const file = vfs.open(`/db/${name}`, 'create');
    file.write(bytes, 0, bytes.length, 0);
    file.close();
  }
  return vfs;
}

/** Opens and reads everything; true when the answer was right, false when a typed error came instead. Either way no file stays open. */
function survives(files: Files, expected: Entries): boolean {
  const vfs = restore(files);
  try {
    const engine = openEngineSync({ ...TINY, compaction: 'manual', vfs });
    try {
      const found = contents(engine);
      if (!same(found, expected)) throw new Error('a wrong or missing row');
      return true;
    } finally {
      engine.closeSync();
    }
  } catch (error) {
    if (error instanceof QuantaError) return false;
    throw error;
  } finally {
    if (vfs.openFiles.size > 0) expect([...vfs.openFiles].map(({ path }) => path)).toEqual([]);
  }
}

describe('a closed database', () => {
  let files: Files;
  let expected: Entries;

  beforeAll(async () => {
    await loadXxh3();
    ({ files, expected } = closedDatabase());
  });

  it('is what the tests below think it is', () => {
    expect(survives(files, expected)).toBe(true);
    const kinds = [...files.keys()].map((name) => name.replace(/\d+/, 'N'));
    expect(new Set(kinds)).toEqual(new Set(['CURRENT', 'MANIFEST-N', 'N.table', 'wal-N.log']));
  });

  it('answers right or not at all when a byte of a file is another', () => {
    for (const [name, bytes] of files) {
      let noticed = 0;
      for (let at = 0; at < bytes.length; at += stride(at, bytes)) {
        const flipped = Buffer.from(bytes);
        flipped[at]! ^= 1 << (at % 8);
        try {
          if (!survives(new Map(files).set(name, flipped), expected)) noticed++;
        } catch (error) {
          throw new Error(`${name}, byte ${at} of ${bytes.length}`, { cause: error });
        }
      }
      if (!name.startsWith('wal')) expect(noticed).toBeGreaterThan(0);
    }
  });

  it('answers right or not at all when a file is shorter', () => {
    for (const [name, bytes] of files) {
      for (let length = 0; length < bytes.length; length += stride(length, bytes)) {
        try {
          survives(new Map(files).set(name, bytes.subarray(0, length)), expected);
        } catch (error) {
          throw new Error(`${name}, cut to ${length} of ${bytes.length} bytes`, { cause: error });
        }
      }
    }
  });

  it('answers right or not at all when a file is missing', () => {
    for (const name of files.keys()) {
      const rest = new Map(files);
      rest.delete(name);
      const right = survives(rest, expected);
      // A log file that waits to be used again is not missed.
      if (!name.startsWith('wal')) expect([name, right]).toEqual([name, false]);
    }
  });
});

/** Every byte of short files and of headers; of the rest a sample, thinner where nothing but zeros stands. test/deep/damage.test.ts has all. */
function stride(at: number, bytes: Buffer): number {
  if (bytes.length < 1024 || at < 48) return 1;
  return bytes[at] === 0 && bytes[at + 1] === 0 ? 4099 : 23;
}
