// A table held against what the manifest says of it, and then against itself.
import { compareKeys } from '../../bytes/compare.js';
import { CorruptionError } from '../../errors.js';
import type { Vfs } from '../../vfs/vfs.js';
import { PageCache } from '../cache/page-cache.js';
import { openTable } from '../table/reader.js';
import type { TableReader } from '../table/table.js';
import type { TableMeta } from '../version/edit.js';

/** Checks read past the cache; it only has to be there. In bytes. */
export const CHECK_CACHE_BYTES = 64 * 4096;

/** Throws CorruptionError when the table's file is missing, contradicts `meta`, or does not verify, block by block. */
export function checkTable(vfs: Vfs, path: string, meta: TableMeta): void {
  if (!vfs.exists(path)) throw new CorruptionError(path, 0, 'it is missing, though the manifest names it');
  const reader = openTable(vfs, path, meta, new PageCache(CHECK_CACHE_BYTES));
  try {
    const what = contradiction(reader, meta);
    if (what !== null) throw new CorruptionError(path, 0, what);
    reader.verify();
  } finally {
    reader.close();
  }
}

/** In which figure the table is not the one that the manifest means; null when it is. */
export function contradiction(reader: TableReader, meta: TableMeta): string | null {
  for (const name of ['bytes', 'entries', 'tombstones', 'minSequence', 'maxSequence'] as const) {
    if (reader[name] !== meta[name]) return `its ${name} are ${reader[name]}, and the manifest says ${meta[name]}`;
  }
  for (const name of ['smallest', 'largest'] as const) {
    if (compareKeys(reader[name], meta[name]) !== 0) return `its ${name} key is not the one that the manifest names`;
  }
  return null;
}
