// A file system that fails: over the one in memory, it notes every operation for a Disk (disk.ts), which can be cut from its
// power at any of them, and makes chosen calls fail or fall short.
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import type { OpenMode, Vfs, VfsFile, VfsLock } from '../../runtime/vfs/vfs.js';
import { Disk, type DiskOperation, SECTOR_BYTES } from './disk.js';

/**
 * EIO and ENOSPC are thrown, by a write after a part of it is done. `short` gives half of what was asked of a read; of a write it takes
 * half, and the rest is another call, which may fail or fall short in its turn.
 */
export type Fault = 'EIO' | 'ENOSPC' | 'short';

/** One call of the file system. */
export interface Call {
  /** Counted from 0 over all calls. */
  readonly index: number;
  readonly name:
    | 'open'
    | 'read'
    | 'write'
    | 'size'
    | 'sync'
    | 'truncate'
    | 'rename'
    | 'link'
    | 'remove'
    | 'syncDirectory'
    | 'mkdir'
    | 'list';
  readonly path: string;
}

/** Decides about each call; undefined lets it pass. */
export type Plan = (call: Call) => Fault | undefined;

export class FaultyVfs implements Vfs {
  /** What reached the kernel, in order: feed it to a {@link Disk}. */
  readonly operations: DiskOperation[] = [];
  /** Calls so far. */
  calls = 0;
  /** Files that are open now. */
  openFiles = 0;
  /** Faults so far. */
  faults = 0;
  /** The call that failed last. */
  lastFault: Call | undefined;
  /** The power is gone: every call fails, and nothing more reaches the kernel. */
  isCut = false;
  /** What an asynchronous sync waits for between its beginning and its end. */
  pace: (() => Promise<void>) | undefined;
  /** While it is, no file grows and none is created; what is allocated can be written. */
  full = false;
  /** See {@link allowLinks}. */
  link?: (from: string, to: string) => boolean;
  private readonly inodes = new Map<string, number>();
  private nextInode = 1;

  private readonly memory = new MemoryVfs();

  /** The plan may be replaced while it runs. */
  constructor(public plan: Plan = () => undefined) {}

  /** A machine that is switched on with these directories, which hold only files, on its disk. */
  static over(files: Vfs, directories: readonly string[]): FaultyVfs {
    const vfs = new FaultyVfs();
    for (const directory of directories) {
      if (!files.exists(directory)) continue;
      vfs.mkdir(directory);
      for (const name of files.list(directory)) vfs.receive(files, vfs.join(directory, name));
      vfs.syncDirectory(directory);
    }
    return vfs;
  }

  private receive(files: Vfs, path: string): void {
    const from = files.open(path, 'read');
    const bytes = Buffer.alloc(from.size());
    from.read(bytes, 0, bytes.length, 0);
    from.close();
    const to = this.open(path, 'create');
    to.write(bytes, 0, bytes.length, 0);
    to.sync();
    to.close();
  }

  open(path: string, mode: OpenMode): VfsFile {
    this.before('open', path);
    const isNew = !this.memory.exists(path);
    if (isNew && this.full) throw diskFull('open', path);
    const file = this.memory.open(path, mode);
    const inode = isNew ? this.nextInode++ : this.inodeOf(path);
    if (isNew) {
      this.inodes.set(path, inode);
      this.note({ kind: 'create', path, inode });
    }
    return new FaultyFile(this, file, inode);
  }

  exists(path: string): boolean {
    return this.memory.exists(path);
  }

  list(path: string): string[] {
    this.before('list', path);
    return this.memory.list(path);
  }

  mkdir(path: string): void {
    this.before('mkdir', path);
    this.memory.mkdir(path);
    this.note({ kind: 'mkdir', path });
  }

  rename(from: string, to: string): void {
    this.before('rename', from);
    this.memory.rename(from, to);
    this.inodes.set(to, this.inodeOf(from));
    this.inodes.delete(from);
    this.note({ kind: 'rename', from, to });
  }

  remove(path: string): void {
    this.before('remove', path);
    this.memory.remove(path);
    this.inodes.delete(path);
    this.note({ kind: 'remove', path });
  }

  syncDirectory(path: string): void {
    this.before('syncDirectory', path);
    this.memory.syncDirectory(path);
    this.note({ kind: 'syncDirectory', path });
  }

  join(...parts: string[]): string {
    return this.memory.join(...parts);
  }

  lock(path: string): VfsLock {
    return this.memory.lock(path);
  }

  /** Notes what reached the kernel. */
  note(operation: DiskOperation): void {
    if (!this.isCut) this.operations.push(operation);
  }

  /** Gives it hard links, which it lacks otherwise. */
  allowLinks(): void {
    this.link = (from, to) => {
      this.before('link', from);
      if (this.full) throw diskFull('link', to);
      this.memory.link(from, to);
      const inode = this.inodeOf(from);
      this.inodes.set(to, inode);
      this.note({ kind: 'create', path: to, inode });
      return true;
    };
  }

  /** Counts a call, and throws when it is to fail. True when it is to fall short. */
  before(name: Call['name'], path: string): boolean {
    const call: Call = { index: this.calls++, name, path };
    const fault = this.isCut ? 'EIO' : this.plan(call);
    if (fault === undefined) return false;
    this.faults++;
    this.lastFault = call;
    if (fault === 'short') return true;
    throw Object.assign(new Error(`${fault}: injected, ${name} '${path}'`), { code: fault, syscall: name, path });
  }

  /** A disk that has seen everything so far. */
  disk(): Disk {
    const disk = new Disk();
    for (const operation of this.operations) disk.step(operation);
    return disk;
  }

  private inodeOf(path: string): number {
    const inode = this.inodes.get(path);
    if (inode === undefined) throw new Error(`${path} was not created through this FaultyVfs`);
    return inode;
  }
}

class FaultyFile implements VfsFile {
  readonly path: string;

  constructor(
    private readonly vfs: FaultyVfs,
    private readonly file: VfsFile,
    private readonly inode: number,
  ) {
    this.path = file.path;
    vfs.openFiles++;
  }

  read(into: Uint8Array, start: number, end: number, offset: number): number {
    const short = this.vfs.before('read', this.path);
    return this.file.read(into, start, short ? start + Math.floor((end - start) / 2) : end, offset);
  }

  write(from: Uint8Array, start: number, end: number, offset: number): void {
    for (let at = start; at < end; ) at = this.writeOnce(from, at, end, offset + at - start);
  }

  /** As write(2): answers up to where it has written. */
  private writeOnce(from: Uint8Array, start: number, all: number, offset: number): number {
    let end = all;
    try {
      if (this.vfs.before('write', this.path)) end = start + Math.ceil((all - start) / 2);
    } catch (error) {
      // Before it fails it takes nothing, half of the sectors, or all: another time, another part.
      const sectors = Math.ceil((end - start) / SECTOR_BYTES);
      const taken = [0, Math.floor(sectors / 2), sectors][this.vfs.calls % 3]!;
      this.put(from, start, Math.min(end, start + taken * SECTOR_BYTES), offset);
      throw error;
    }
    const size = this.file.size();
    if (this.vfs.full && offset + end - start > size) {
      this.put(from, start, Math.min(end, start + Math.max(0, size - offset)), offset);
      throw diskFull('write', this.path);
    }
    this.put(from, start, end, offset);
    return end;
  }

  sync(): void {
    this.endSync();
  }

  async syncAsync(): Promise<void> {
    const { pace } = this.vfs;
    if (pace === undefined) {
      this.endSync();
      return;
    }
    const ticket = this.vfs.calls;
    this.vfs.note({ kind: 'beginSync', inode: this.inode, ticket });
    await pace();
    this.endSync({ ticket });
  }

  private endSync(begun: { readonly ticket?: number } = {}): void {
    let failed = true;
    try {
      this.vfs.before('sync', this.path);
      failed = false;
    } finally {
      this.vfs.note({ kind: 'sync', inode: this.inode, failed, ...begun });
    }
  }

  size(): number {
    this.vfs.before('size', this.path);
    return this.file.size();
  }

  truncate(size: number): void {
    this.vfs.before('truncate', this.path);
    this.file.truncate(size);
    this.vfs.note({ kind: 'truncate', inode: this.inode, size });
  }

  close(): void {
    this.file.close();
    this.vfs.openFiles--;
  }

  private put(from: Uint8Array, start: number, end: number, offset: number): void {
    if (start >= end) return;
    this.file.write(from, start, end, offset);
    this.vfs.note({
      kind: 'write',
      inode: this.inode,
      offset,
      bytes: Buffer.from(from.subarray(start, end)),
    });
  }
}

function diskFull(call: Call['name'], path: string): Error {
  return Object.assign(new Error(`ENOSPC: no space left on device, ${call} '${path}'`), { code: 'ENOSPC' });
}
