// Group commit: many commits in flight share one write to the log and one fdatasync.
//
//   append -> [ log buffer ] -> write(2) -> [ kernel ] -> fdatasync -> resolve
//              `open` group                 `written` groups
//
// Commits that are started in one go (a microtask and what it wakes) join the open group. When a whole round of microtasks
// brings no newcomer, the group is written and synced. The sync blocks the thread when many wait for it, because then it is
// cheap for each and nothing overtakes it (64 in flight: 6.4 us each, against 9.0 through the thread pool); when few wait, it
// leaves the event loop free. Every few milliseconds a group waits for a turn of the event loop first: commits that are awaited one
// after the other, and served in microtasks, would keep timers and sockets from ever having theirs.

import { ReadOnlyError } from '../../errors.js';
import type { Durability } from '../api.js';
import type { Clock } from '../clock.js';
import { readOnlyError, storageError } from '../failure.js';
import { SYNC_INTERVAL_MILLISECONDS } from '../limits.js';
import { Turns } from '../pace.js';
import type { Readers } from '../readers.js';
import type { WalWriter } from '../wal/writer.js';

/** Commits that wait together from which on the sync blocks the thread. */
const BLOCKING_SYNC_COMMITS = 8;
/** Bytes in the log buffer at which it is written, whoever is still to join. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

class Group {
  commits = 0;
  /** A commit in it waits for a sync, which then serves all of it. */
  sync = false;
  readonly promise: Promise<void>;
  resolve!: () => void;
  reject!: (reason: Error) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

export class CommitLog {
  /** Set once a sync has failed: nothing more may be written. */
  failure: Error | null = null;

  private openGroup: Group | null = null;
  /** In the kernel, waiting for a sync. */
  private written: Group[] = [];
  private buffered = 0;
  private lastSequence: number;
  private scheduled = false;
  private syncing = false;
  private readonly turns: Turns;
  /** When the oldest commit was handed to the kernel that no sync has covered or was begun for; null without one. */
  private unsyncedSince: number | null = null;
  private cancelInterval: (() => void) | null = null;

  /**
   * @param undo takes back, in memory, every commit above the sequence number it is given: the disk was too full for them.
   */
  constructor(
    private readonly wal: WalWriter,
    private readonly durability: Durability,
    private readonly readers: Readers,
    private readonly clock: Clock,
    sequence: number,
    private readonly undo: (sequence: number) => void,
  ) {
    this.lastSequence = sequence;
    this.turns = new Turns(clock);
    readers.floor = sequence;
  }

  /** Puts a record into the log buffer. `join` or `commitNow` must follow, once the memtables have it. */
  append(sequence: number, bytes: Buffer, start: number, end: number): void {
    this.wal.append(sequence, bytes, start, end);
    this.buffered += end - start;
    this.lastSequence = sequence;
  }

  /** The promise that the commit appended last is as durable as is asked for. */
  join(durability: Durability = this.durability): Promise<void> {
    this.openGroup ??= new Group();
    const group = this.openGroup;
    group.commits++;
    if (durability === 'commit') group.sync = true;
    if (this.buffered > MAX_BUFFERED_BYTES) {
      try {
        this.flush();
      } catch {
        // The group, this commit in it, has been told.
      }
    }
    this.schedule();
    return group.promise;
  }

  /** The same, done when it returns. Commits that wait are served along. */
  commitNow(): void {
    this.flush();
    if (this.durability === 'commit' || this.syncIsAwaited()) this.syncNow();
    else this.settleUnsynced();
  }

  /** Hands everything appended to the kernel. When that fails, what was not handed over is taken back and its commits fail. */
  flush(): void {
    if (this.failure !== null) throw this.failure;
    if (this.buffered === 0) return;
    const group = this.openGroup;
    this.openGroup = null;
    try {
      this.wal.flush();
    } catch (cause) {
      const { floor } = this.readers;
      this.buffered = 0;
      this.readers.fallBack(this.lastSequence);
      this.undo(floor);
      const error = storageError(cause, 'a commit');
      group?.reject(error);
      if (cause instanceof ReadOnlyError) this.fail(cause, 'writing the log');
      throw error;
    }
    this.buffered = 0;
    this.readers.floor = this.lastSequence;
    if (group !== null) this.written.push(group);
  }

  /** Flushes and syncs; whatever was appended is on the disk when this returns. */
  syncNow(): void {
    this.flush();
    const groups = this.takeWritten();
    this.stop();
    try {
      this.wal.sync();
    } catch (cause) {
      throw this.fail(cause, 'syncing the log', groups);
    }
    for (const group of groups) group.resolve();
  }

  /** A sequence number was used up past the log (a bulk load). Everything appended must have been flushed. */
  skipTo(sequence: number): void {
    this.lastSequence = sequence;
    this.readers.floor = sequence;
  }

  /** Stops timers; call `syncNow` before, unless the log has failed. */
  stop(): void {
    this.unsyncedSince = null;
    this.cancelInterval?.();
    this.cancelInterval = null;
  }

  /** Turns read-only: fails everyone who waits, and answers the error that says so from now on. */
  fail(cause: unknown, doing: string, groups: readonly Group[] = []): Error {
    this.failure ??= readOnlyError(cause, doing);
    const waiting = [...groups, ...this.takeWritten()];
    if (this.openGroup !== null) waiting.push(this.openGroup);
    this.openGroup = null;
    for (const group of waiting) group.reject(this.failure);
    return this.failure;
  }

  private schedule(): void {
    if (this.scheduled || this.syncing) return;
    this.scheduled = true;
    this.waitForNewcomers(0);
  }

  private waitForNewcomers(seen: number): void {
    queueMicrotask(() => {
      const commits = this.openGroup?.commits ?? 0;
      if (commits > seen) this.waitForNewcomers(commits);
      else {
        this.turns.take(() => {
          this.scheduled = false;
          this.serve();
        });
      }
    });
  }

  private serve(): void {
    if (this.failure !== null) return;
    try {
      this.flush();
    } catch {
      // The commits of the group have been told; those written before are still to be synced.
      if (this.failure !== null) return;
    }
    if (!this.syncIsAwaited()) {
      this.settleUnsynced();
      return;
    }
    let commits = 0;
    for (const group of this.written) commits += group.commits;
    if (commits >= BLOCKING_SYNC_COMMITS) {
      try {
        this.syncNow();
      } catch {
        // As above: those who wait have been told.
      }
    } else void this.syncInBackground();
  }

  private async syncInBackground(): Promise<void> {
    const groups = this.takeWritten();
    this.stop();
    this.syncing = true;
    try {
      await this.wal.syncAsync();
      this.turns.note();
    } catch (cause) {
      this.fail(cause, 'syncing the log', groups);
      return;
    } finally {
      this.syncing = false;
    }
    for (const group of groups) group.resolve();
    if (this.openGroup !== null || this.written.length > 0) this.schedule();
  }

  private syncIsAwaited(): boolean {
    return this.written.some(({ sync }) => sync);
  }

  /** Durability short of 'commit': the kernel has it, which is all that was asked for. */
  private settleUnsynced(): void {
    for (const group of this.takeWritten()) group.resolve();
    // A group whose turn comes behind the end of the log is on the disk already.
    if (this.durability !== 'interval' || this.wal.isSynced) return;
    const now = this.clock.now();
    if (this.unsyncedSince === null) {
      this.unsyncedSince = now;
      this.cancelInterval = this.clock.after(SYNC_INTERVAL_MILLISECONDS, () => {
        this.cancelInterval = null;
        void this.syncInBackground();
      });
    } else if (now - this.unsyncedSince >= SYNC_INTERVAL_MILLISECONDS) {
      // The timer had no turn: somebody commits without ever leaving the thread.
      try {
        this.syncNow();
      } catch {
        // These commits had all that they asked for; the next one is told.
      }
    }
  }

  private takeWritten(): Group[] {
    const groups = this.written;
    this.written = [];
    return groups;
  }
}
