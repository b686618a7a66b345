// A file system in memory, for tests and for data that nobody keeps. Nothing can be lost here, so sync has nothing to do.
import { DatabaseLockedError } from '../errors.js';
import type { OpenMode, Vfs, VfsFile, VfsLock } from './vfs.js';

/** Bytes of one file; names and open handles point at it, so a removed file lives until it is closed, as on a disk. */
class Inode {
  bytes = Buffer.alloc(0);
  size = 0;

  read(into: Uint8Array, start: number, end: number, offset: number): number {
    const count = Math.max(0, Math.min(end - start, this.size - offset));
    if (count > 0) this.bytes.copy(into, start, offset, offset + count);
    return count;
  }

  write(from: Uint8Array, start: number, end: number, offset: number): void {
    const behind = offset + end - start;
    if (behind > this.bytes.length) this.reallocate(Math.max(behind, this.bytes.length * 2));
    this.bytes.set(from.subarray(start, end), offset);
    this.size = Math.max(this.size, behind);
  }

  truncate(size: number): void {
    if (size > this.bytes.length) this.reallocate(size);
    // What is cut off must read as zero if the file grows again.
    if (size < this.size) this.bytes.fill(0, size, this.size);
    this.size = size;
  }

  private reallocate(capacity: number): void {
    const bytes = Buffer.alloc(capacity);
    this.bytes.copy(bytes, 0, 0, this.size);
    this.bytes = bytes;
  }
}

class MemoryFile implements VfsFile {
  private open = true;

  constructor(
    readonly path: string,
    private readonly inode: Inode,
    private readonly writable: boolean,
  ) {}

  read(into: Uint8Array, start: number, end: number, offset: number): number {
    this.check(false, 'read');
    return this.inode.read(into, start, end, offset);
  }

  write(from: Uint8Array, start: number, end: number, offset: number): void {
    this.check(true, 'write');
    this.inode.write(from, start, end, offset);
  }

  sync(): void {
    this.check(false, 'fdatasync');
  }

  async syncAsync(): Promise<void> {
    this.sync();
  }

  size(): number {
    this.check(false, 'fstat');
    return this.inode.size;
  }

  truncate(size: number): void {
    this.check(true, 'ftruncate');
    this.inode.truncate(size);
  }

  close(): void {
    this.check(false, 'close');
    this.open = false;
  }

  private check(writes: boolean, call: string): void {
    if (!this.open || (writes && !this.writable)) throw failure('EBADF', 'bad file descriptor', call, this.path);
  }
}

/** Paths are strings with `/` between their parts; `''` and `'/'` are the root, which exists. */
export class MemoryVfs implements Vfs {
  private readonly files = new Map<string, Inode>();
  private readonly directories = new Set<string>(['']);
  private readonly locks = new Set<string>();

  open(path: string, mode: OpenMode): VfsFile {
    const name = normalize(path);
    let inode = this.files.get(name);
    if (inode === undefined) {
      if (mode === 'read') throw failure('ENOENT', 'no such file or directory', 'open', path);
      if (!this.directories.has(parent(name))) throw failure('ENOENT', 'no such file or directory', 'open', path);
      inode = new Inode();
      this.files.set(name, inode);
    } else if (mode === 'create') {
      throw failure('EEXIST', 'file already exists', 'open', path);
    }
    return new MemoryFile(path, inode, mode !== 'read');
  }

  exists(path: string): boolean {
    const name = normalize(path);
    return this.files.has(name) || this.directories.has(name);
  }

  list(path: string): string[] {
    const directory = normalize(path);
    if (!this.directories.has(directory)) throw failure('ENOENT', 'no such file or directory', 'scandir', path);
    const names: string[] = [];
    for (const all of [this.files.keys(), this.directories]) {
      for (const name of all)
        if (name !== '' && parent(name) === directory) names.push(name.slice(name.lastIndexOf('/') + 1));
    }
    return names.sort();
  }

  /** Makes the parents too; a directory that exists is left alone. */
  mkdir(path: string): void {
    const name = normalize(path);
    if (this.files.has(name)) throw failure('EEXIST', 'file already exists', 'mkdir', path);
    for (let at = name; at !== ''; at = parent(at)) this.directories.add(at);
  }

  rename(from: string, to: string): void {
    const inode = this.files.get(normalize(from));
    if (inode === undefined) throw failure('ENOENT', 'no such file or directory', 'rename', from);
    this.files.delete(normalize(from));
    this.files.set(normalize(to), inode);
  }

  remove(path: string): void {
    if (!this.files.delete(normalize(path))) throw failure('ENOENT', 'no such file or directory', 'unlink', path);
  }

  link(from: string, to: string): boolean {
    const inode = this.files.get(normalize(from));
    if (inode === undefined) throw failure('ENOENT', 'no such file or directory', 'link', from);
    if (this.files.has(normalize(to))) throw failure('EEXIST', 'file already exists', 'link', to);
    this.files.set(normalize(to), inode);
    return true;
  }

  syncDirectory(path: string): void {
    if (!this.directories.has(normalize(path))) throw failure('ENOENT', 'no such file or directory', 'fsync', path);
  }

  join(...parts: string[]): string {
    return parts.join('/');
  }

  lock(path: string): VfsLock {
    const name = normalize(path);
    if (this.locks.has(name)) throw new DatabaseLockedError(path, process.pid);
    this.locks.add(name);
    return { release: () => void this.locks.delete(name) };
  }
}

function normalize(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.length === 0 ? '' : `/${parts.join('/')}`;
}

function parent(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')));
}

/** An error like those of node:fs. */
function failure(code: string, message: string, call: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${message}, ${call} '${path}'`), { code, syscall: call, path });
}
