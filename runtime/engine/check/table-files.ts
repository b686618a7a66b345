// Which file holds which table. Tables name themselves and their tree, and that counts for more than what their file is called.
import type { Vfs } from '../../vfs/vfs.js';
import { tableId } from '../format.js';
import type { TableMeta } from '../version/edit.js';
import { propertiesOf } from './manifest-scan.js';

/**
 * The path of each table that is there, by its id: of the file that says it is this table, else of the one with its name when
 * that is too damaged to say what it is. A file that says it is another table is never taken by its name.
 */
export function locateTables(
  vfs: Vfs,
  directory: string,
  tables: ReadonlyMap<number, TableMeta>,
): ReadonlyMap<number, string> {
  const files = new Map<number, string>();
  const silent = new Map<number, string>();
  for (const name of vfs.list(directory)) {
    const named = tableId(name);
    if (named === undefined) continue;
    const path = vfs.join(directory, name);
    const said = propertiesOf(vfs, path);
    if (said === null) {
      if (tables.has(named)) silent.set(named, path);
    } else if (tables.get(said.id)?.treeId === said.treeId && (said.id === named || !files.has(said.id))) {
      files.set(said.id, path);
    }
  }
  for (const [id, path] of silent) if (!files.has(id)) files.set(id, path);
  return files;
}
