// The end of a log: whatever fails, everything committed is on the disk, and the log's files are closed.
import { isDiskFull } from '../vfs/failure.js';
import { doAll } from './do-all.js';
import type { WalPosition } from './wal/log.js';
import type { WalWriter } from './wal/writer.js';
import type { CommitLog } from './write/commit-log.js';

/**
 * Closes the log, and throws the first failure once that is done. On a full disk memtables that find no room in tables stay in
 * the log, as small ones do.
 *
 * @param flush brings memtables to tables
 * @param note keeps where the log ends; not called when that can't be trusted
 */
export function closeLog(log: CommitLog, wal: WalWriter, flush: () => void, note: (end: WalPosition) => void): void {
  log.stop();
  const unlessFailed = (step: () => void) => (): void => {
    if (log.failure === null) step();
  };
  let end: WalPosition | null = null;
  doAll(
    unlessFailed(() => ifThereIsRoom(flush)),
    unlessFailed(() => log.syncNow()),
    () => {
      end = wal.close();
    },
    unlessFailed(() => {
      if (end !== null) note(end);
    }),
  );
}

/** For what a closing writes beyond the log: without it the next opening finds all the same, as it would after a crash. */
export function ifThereIsRoom(step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!isDiskFull(error)) throw error;
  }
}
