// The door through which the engine goes to a file system. Whatever fails behind it comes out as a StorageError with a code and
// the file system's error as its cause, so nobody above has to remember that calls of files may fail.
import { DiskFullError, ReadFailedError, StorageError } from '../errors.js';
import { isDiskFull, systemError, writeFailure } from './failure.js';
import type { OpenMode, Vfs, VfsFile, VfsLock } from './vfs.js';

/** The door to `vfs`, which may be one already. */
export function doorTo(vfs: Vfs): Vfs {
  return vfs instanceof Door ? vfs : new Door(vfs);
}

class Door implements Vfs {
  /** By the directory. */
  private readonly locks = new Map<string, VfsLock>();

  constructor(private readonly vfs: Vfs) {}

  get reachableFromThreads(): boolean {
    return this.vfs.reachableFromThreads === true;
  }

  open(path: string, mode: OpenMode): VfsFile {
    this.refuseStranger(path);
    try {
      return new DoorFile(this.vfs.open(path, mode));
    } catch (error) {
      throw mode === 'create' || isDiskFull(error) ? writeFailure(error, path) : unreadable(error, path);
    }
  }

  exists(path: string): boolean {
    try {
      return this.vfs.exists(path);
    } catch (error) {
      throw unreadable(error, path);
    }
  }

  list(path: string): string[] {
    try {
      return this.vfs.list(path);
    } catch (error) {
      throw unreadable(error, path);
    }
  }

  mkdir(path: string): void {
    change(`the directory ${path}`, () => this.vfs.mkdir(path));
  }

  rename(from: string, to: string): void {
    this.refuseStranger(to);
    change(`the name ${to}`, () => this.vfs.rename(from, to));
  }

  remove(path: string): void {
    this.refuseStranger(path);
    change(`the removal of ${path}`, () => this.vfs.remove(path));
  }

  link(from: string, to: string): boolean {
    return change(`the name ${to}`, () => this.vfs.link?.(from, to) === true);
  }

  syncDirectory(path: string): void {
    this.refuseStranger(path);
    change(`the directory ${path}`, () => this.vfs.syncDirectory(path));
  }

  join(...parts: string[]): string {
    return this.vfs.join(...parts);
  }

  lock(path: string): VfsLock {
    const what = `the lock of ${path}`;
    const lock = change(what, () => this.vfs.lock(path));
    const directory = this.vfs.join(path);
    this.locks.set(directory, lock);
    return {
      release: () => {
        this.locks.delete(directory);
        change(what, () => lock.release());
      },
    };
  }

  /**
   * Files that are open go with their directory when that is moved, names do not: throws StorageError (QDB4024) where `path` would be
   * in another directory than the one that was locked under its name.
   */
  private refuseStranger(path: string): void {
    const name = this.vfs.join(path);
    for (const [directory, lock] of this.locks) {
      if (!name.startsWith(directory) || lock.isInPlace?.() !== false) continue;
      throw new StorageError(
        'QDB4024',
        `${directory} was moved, replaced or removed while it was open, and ${path} would not be in it. Close the database, and open it where it is.`,
      );
    }
  }
}

class DoorFile implements VfsFile {
  readonly path: string;

  constructor(private readonly file: VfsFile) {
    this.path = file.path;
  }

  read(into: Uint8Array, start: number, end: number, offset: number): number {
    try {
      return this.file.read(into, start, end, offset);
    } catch (error) {
      throw unreadable(error, this.path, offset);
    }
  }

  write(from: Uint8Array, start: number, end: number, offset: number): void {
    try {
      this.file.write(from, start, end, offset);
    } catch (error) {
      throw writeFailure(error, this.path);
    }
  }

  sync(): void {
    change(this.path, () => this.file.sync());
  }

  async syncAsync(): Promise<void> {
    try {
      await this.file.syncAsync();
    } catch (error) {
      throw writeFailure(error, this.path);
    }
  }

  startSync(): void {
    this.file.startSync?.();
  }

  size(): number {
    try {
      return this.file.size();
    } catch (error) {
      throw unreadable(error, this.path, 0);
    }
  }

  truncate(size: number): void {
    change(this.path, () => this.file.truncate(size));
  }

  close(): void {
    change(this.path, () => this.file.close());
  }
}

function change<Answer>(what: string, call: () => Answer): Answer {
  try {
    return call();
  } catch (error) {
    throw writeFailure(error, what);
  }
}

/** ReadFailedError (QDB4033), whatever the file system says. */
function unreadable(error: unknown, path: string, offset?: number): unknown {
  const cause = systemError(error);
  return cause === null || error instanceof DiskFullError ? error : new ReadFailedError(path, offset, cause);
}
