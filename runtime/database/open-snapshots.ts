// The snapshots of a database that are open. One that nobody closes would keep old versions on disk for ever, so it is reported
// with where it was opened.
import type { Snapshot } from '../engine/api.js';

/** Told of what is no error and yet should not be: `code` is one of docs/errors.md. */
export type WarningReporter = (message: string, code: string) => void;

/** Hands out nothing of the session that it belongs to, which could then never be collected. */
export interface OpenSnapshot {
  readonly snapshot: Snapshot;
  /** Only its stack is of interest: where the snapshot was opened. */
  readonly origin: Error;
}

/** The snapshots of one database that were not closed yet. */
export class OpenSnapshots {
  private readonly open = new Set<OpenSnapshot>();
  /** Tells of sessions that nobody can close any more, because nobody knows them. */
  private readonly forgotten: FinalizationRegistry<OpenSnapshot>;

  constructor(private readonly warn: WarningReporter) {
    this.forgotten = new FinalizationRegistry((one) => {
      if (!this.open.delete(one)) return;
      one.snapshot.close();
      this.report(one, 'was never closed, and nothing refers to it any more');
    });
  }

  /** Enters a snapshot that `session` reads by; `opener` is the function that the reported stack begins below. */
  add(session: object, snapshot: Snapshot, opener: (...args: never[]) => unknown): OpenSnapshot {
    const origin = new Error();
    Error.captureStackTrace(origin, opener);
    const one = { snapshot, origin };
    this.open.add(one);
    this.forgotten.register(session, one, one);
    return one;
  }

  close(one: OpenSnapshot): void {
    if (!this.open.delete(one)) return;
    this.forgotten.unregister(one);
    one.snapshot.close();
  }

  /** Closes and reports all that are open: the database closes. */
  closeAll(): void {
    for (const one of [...this.open]) {
      this.close(one);
      this.report(one, 'was still open when the database was closed');
    }
  }

  private report({ snapshot, origin }: OpenSnapshot, what: string): void {
    const where = origin.stack?.split('\n').slice(1).join('\n');
    this.warn(
      `The snapshot of commit ${snapshot.sequence} ${what}. Until then it kept what was overwritten on disk: close() it, or declare it with \`using\`. It was opened\n${where}`,
      'QDB4115',
    );
  }
}
