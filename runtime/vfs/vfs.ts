// The one door to files. Everything below the DAO is synchronous, so are these calls; only `syncAsync` leaves the thread.

/** An open file. Every call may throw a Node-style error with `code` (`EIO`, `ENOSPC`, ...). */
export interface VfsFile {
  readonly path: string;
  /** Reads into `into[start, end)` from `offset`; returns the bytes read, fewer only at the end of the file. */
  read(into: Uint8Array, start: number, end: number, offset: number): number;
  /** Writes all of `from[start, end)` at `offset` (loops over short writes). */
  write(from: Uint8Array, start: number, end: number, offset: number): void;
  /** fdatasync: data and the size needed to read it are on the disk when this returns. */
  sync(): void;
  /** The same, off the thread. */
  syncAsync(): Promise<void>;
  /**
   * Lets the disk begin with what was written so far, off the thread, so that a later `sync` waits for less. A hint: it never fails,
   * and what goes wrong is for that `sync` to report.
   */
  startSync?(): void;
  /** Size in bytes. */
  size(): number;
  truncate(size: number): void;
  close(): void;
}

/** How a file is opened: `read` it must exist; `create` it must not; `write` it is created when missing, kept otherwise. */
export type OpenMode = 'read' | 'create' | 'write';

/** A lock that dies with its process. */
export interface VfsLock {
  release(): void;
  /** False once another directory stands under the name of the locked one, or none: it was moved, replaced or removed. */
  isInPlace?(): boolean;
}

/** A file system: node.ts for disks, memory.ts for tests and short-lived data. */
export interface Vfs {
  /** True when a NodeVfs made in another thread sees the same files, so that work on them can be done there. */
  readonly reachableFromThreads?: boolean;
  open(path: string, mode: OpenMode): VfsFile;
  exists(path: string): boolean;
  /** Names (not paths) in a directory, sorted. */
  list(path: string): string[];
  /** Makes the parents too, and what it makes is durable when it returns; a directory that exists is left alone. */
  mkdir(path: string): void;
  rename(from: string, to: string): void;
  remove(path: string): void;
  /**
   * Gives a file that is never written again a second name, which must be free. False, or no such method, where that can't be
   * done (another file system, one without hard links): copy it then.
   */
  link?(from: string, to: string): boolean;
  /** Makes creates, renames and removes in a directory durable. */
  syncDirectory(path: string): void;
  join(...parts: string[]): string;
  /** Takes the directory's lock or throws DatabaseLockedError. */
  lock(path: string): VfsLock;
}
