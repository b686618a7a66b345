import { describe, expect, it } from 'vitest';
import { openEngine } from '../../runtime/engine/index.js';
import { hasZstd } from '../../runtime/engine/table/compression.js';
import { LimitError, StorageError } from '../../runtime/errors.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';

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
