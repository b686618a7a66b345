// Whole files, as backups handle them: copied and compared piece by piece, letting others work in between.
import { setImmediate } from 'node:timers/promises';
import { StorageError } from '../../errors.js';
import { openToRead, readFrom, writeFailure } from '../../vfs/failure.js';
import type { Vfs, VfsFile } from '../../vfs/vfs.js';

/** What is read at once: a millisecond or less of a thread's time. In bytes. */
const PIECE_BYTES = 256 * 1024;

/** Copies a file to a name that is free, synced; the directory is the caller's to sync. When it throws, nothing is left. */
export async function copyFile(vfs: Vfs, from: string, to: string): Promise<number> {
  const source = openToRead(vfs, from);
  let target: VfsFile | undefined;
  try {
    target = vfs.open(to, 'create');
    const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
    let at = 0;
    for (;;) {
      const count = readFrom(source, piece, 0, PIECE_BYTES, at);
      if (count === 0) break;
      target.write(piece, 0, count, at);
      at += count;
      await setImmediate();
    }
    await target.syncAsync();
    target.close();
    return at;
  } catch (error) {
    if (target !== undefined) {
      target.close();
      vfs.remove(to);
    }
    throw writeFailure(error, to);
  } finally {
    source.close();
  }
}

/** Whether two files hold the same bytes. */
export async function isSameFile(vfs: Vfs, left: string, right: string): Promise<boolean> {
  const files = [openToRead(vfs, left)];
  try {
    files.push(openToRead(vfs, right));
    if (files[0]!.size() !== files[1]!.size()) return false;
    const pieces = [Buffer.allocUnsafeSlow(PIECE_BYTES), Buffer.allocUnsafeSlow(PIECE_BYTES)] as const;
    for (let at = 0; ; at += PIECE_BYTES) {
      const count = readFrom(files[0]!, pieces[0], 0, PIECE_BYTES, at);
      if (count !== readFrom(files[1]!, pieces[1], 0, PIECE_BYTES, at)) return false;
      if (pieces[0].compare(pieces[1], 0, count, 0, count) !== 0) return false;
      if (count < PIECE_BYTES) return true;
      await setImmediate();
    }
  } finally {
    for (const file of files) file.close();
  }
}

/** Throws StorageError (QDB4016) unless nothing but locks stands in `directory`, which must exist. */
export function refuseFull(vfs: Vfs, directory: string): void {
  const name = vfs.list(directory).find((one) => !isLockName(one));
  if (name === undefined) return;
  throw new StorageError(
    'QDB4016',
    `${directory} is not empty: ${name} is there. Name a directory that is new or empty.`,
  );
}

export function isLockName(name: string): boolean {
  return name.startsWith('LOCK.');
}
