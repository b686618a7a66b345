import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openEngine } from '../../runtime/engine/index.js';
import { hasZstd } from '../../runtime/engine/table/compression.js';
import { LimitError, StorageError } from '../../runtime/errors.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { NodeVfs } from '../../runtime/vfs/node.js';

describe('options that no table can be written with', () => {
  it.each([0, 512, 5000, 65536, Number.NaN])('blocks of %d bytes are refused by the opening', async (blockBytes) => {
    const opening = openEngine({ vfs: new MemoryVfs(), path: '/db', blockBytes });
    await expect(opening).rejects.toBeInstanceOf(LimitError);
  });

  it.skipIf(hasZstd)('so is zstd where Node has none', async () => {
    const opening = openEngine({ vfs: new MemoryVfs(), path: '/db', compression: 'zstd' });
    await expect(opening).rejects.toBeInstanceOf(StorageError);
  });
});

describe('options that TypeScript would have refused', () => {
  it.each([
    [{ path: '' }, 'needs a path'],
    [{ path: undefined }, 'needs a path'],
    [{ durability: 'never' }, 'durability is "never". Give one of "commit", "interval", "os".'],
    [{ compaction: 'never' }, 'compaction is "never". Give one of "auto", "manual".'],
    [{ compression: null }, 'compression is "null". Give one of "none", "zlib", "zstd".'],
    [{ tableBytes: 0 }, 'tableBytes is 0. Give a number of bytes, from 1 on.'],
    [{ tableBytes: Number.NaN }, 'tableBytes is NaN'],
    [{ memtableBytes: 'x' }, 'memtableBytes is x. Give a number of bytes, from 0 on.'],
    [{ levelBytes: -1 }, 'levelBytes is -1'],
    [{ logGrowBytes: 0 }, 'logGrowBytes is 0. Give a number of bytes, from 1 to 1073741824.'],
    [{ logGrowBytes: Number.POSITIVE_INFINITY }, 'logGrowBytes is Infinity'],
    [{ memory: Number.NaN }, 'memory is NaN'],
    [{ memory: '64MB' }, 'memory is 64MB'],
    [{ memory: 2 ** 31 + 1 }, 'Give at most 2147483648'],
    [{ memory: 2 ** 40 }, 'Give at most 2147483648'],
  ])('%j is refused', async (wrong, message) => {
    const opening = openEngine({ vfs: new MemoryVfs(), path: '/db', ...wrong } as never);
    await expect(opening).rejects.toMatchObject({ code: 'QDB4014', message: expect.stringContaining(message) });
  });

  it('what is undefined is as good as left out', async () => {
    const options = { vfs: new MemoryVfs(), path: '/db', durability: undefined, memory: undefined };
    const engine = await openEngine(options as never);
    await engine.close();
  });
});

it('a path where a file stands is refused with advice', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'quantadb-options-'));
  try {
    writeFileSync(join(folder, 'file'), '');
    const opening = openEngine({ vfs: new NodeVfs(), path: join(folder, 'file') });
    await expect(opening).rejects.toMatchObject({ code: 'QDB4032', cause: { code: 'EEXIST' } });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
