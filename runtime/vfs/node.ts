// The file system of Node. Calls are synchronous, since the engine's reads and writes mostly end in the page cache, where a
// round trip through the thread pool costs more than the work.
import * as nodeFs from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { takeLock } from './lock.js';
import type { OpenMode, Vfs, VfsFile, VfsLock } from './vfs.js';

/** The calls of node:fs that are used here: a parameter, so that tests can shorten reads and writes. */
export type FileSystem = Pick<
  typeof nodeFs,
  | 'closeSync'
  | 'existsSync'
  | 'fdatasync'
  | 'fdatasyncSync'
  | 'fstatSync'
  | 'fsyncSync'
  | 'ftruncateSync'
  | 'linkSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readdirSync'
  | 'readSync'
  | 'statSync'
  | 'renameSync'
  | 'unlinkSync'
  | 'writeSync'
>;

/** `write` has no flag among the strings: it neither truncates nor refuses what exists. */
const FLAGS: Record<OpenMode, string | number> = {
  read: 'r',
  create: 'wx+',
  write: nodeFs.constants.O_RDWR | nodeFs.constants.O_CREAT,
};

/** What link(2) says where a copy would do: another device, a file system or a user that may not link, too many links. */
const NO_LINK = new Set(['EXDEV', 'EPERM', 'EACCES', 'EMLINK', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']);

class NodeFile implements VfsFile {
  private starting = false;

  constructor(
    private readonly fs: FileSystem,
    readonly path: string,
    private readonly descriptor: number,
  ) {}

  read(into: Uint8Array, start: number, end: number, offset: number): number {
    let at = start;
    while (at < end) {
      const count = this.fs.readSync(this.descriptor, into, at, end - at, offset + at - start);
      if (count === 0) break;
      at += count;
    }
    return at - start;
  }

  write(from: Uint8Array, start: number, end: number, offset: number): void {
    let at = start;
    while (at < end) at += this.fs.writeSync(this.descriptor, from, at, end - at, offset + at - start);
  }

  sync(): void {
    this.fs.fdatasyncSync(this.descriptor);
  }

  syncAsync(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.fs.fdatasync(this.descriptor, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  startSync(): void {
    if (this.starting) return;
    let descriptor: number;
    try {
      descriptor = this.fs.openSync(this.path, FLAGS.read);
    } catch {
      // Too many open files, most likely: `sync` does without this head start.
      return;
    }
    this.starting = true;
    // A descriptor of its own: Linux tells a failed write-back once to each opening of a file, so `sync` hears of it as well.
    this.fs.fdatasync(descriptor, () => {
      this.starting = false;
      this.fs.closeSync(descriptor);
    });
  }

  size(): number {
    return this.fs.fstatSync(this.descriptor).size;
  }

  truncate(size: number): void {
    this.fs.ftruncateSync(this.descriptor, size);
  }

  close(): void {
    this.fs.closeSync(this.descriptor);
  }
}

/** Disks, through node:fs. */
export class NodeVfs implements Vfs {
  readonly reachableFromThreads: boolean;

  constructor(private readonly fs: FileSystem = nodeFs) {
    this.reachableFromThreads = fs === nodeFs;
  }

  open(path: string, mode: OpenMode): VfsFile {
    return new NodeFile(this.fs, path, this.fs.openSync(path, FLAGS[mode]));
  }

  exists(path: string): boolean {
    return this.fs.existsSync(path);
  }

  list(path: string): string[] {
    return this.fs.readdirSync(path).sort();
  }

  mkdir(path: string): void {
    this.makeDirectory(resolve(path));
  }

  /** As `recursive` would, which never ends under a parent that is there and takes no directories, as /proc (Node 20 to 24). */
  private makeDirectory(path: string): void {
    try {
      this.fs.mkdirSync(path);
    } catch (error) {
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      const parent = dirname(path);
      if (isMissing && parent !== path && !this.fs.existsSync(parent)) {
        this.makeDirectory(parent);
        this.makeDirectory(path);
      } else if (!this.fs.existsSync(path) || !this.fs.statSync(path).isDirectory()) throw error;
      return;
    }
    this.syncName(path);
  }

  /** Makes the name of a new directory durable, unless its parent may be written to but not be opened. */
  private syncName(path: string): void {
    try {
      this.syncDirectory(dirname(path));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EACCES')) throw error;
    }
  }

  rename(from: string, to: string): void {
    this.fs.renameSync(from, to);
  }

  remove(path: string): void {
    this.fs.unlinkSync(path);
  }

  link(from: string, to: string): boolean {
    try {
      this.fs.linkSync(from, to);
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && NO_LINK.has(String(error.code))) return false;
      throw error;
    }
  }

  syncDirectory(path: string): void {
    // Windows opens no directories, and journals its names itself.
    if (process.platform === 'win32') return;
    const descriptor = this.fs.openSync(path, 'r');
    try {
      this.fs.fsyncSync(descriptor);
    } finally {
      this.fs.closeSync(descriptor);
    }
  }

  join(...parts: string[]): string {
    return join(...parts);
  }

  lock(path: string): VfsLock {
    return takeLock(path);
  }
}
