// One life of the database: from an opening to a power cut, a failed sync or a close. Whoever acted in it is never called again.
import { DirectSession } from '../../runtime/database/session.js';
import { Store } from '../../runtime/database/store.js';
import type { Durability, EngineOptions } from '../../runtime/engine/index.js';
import { openEngineSync } from '../../runtime/engine/open.js';
import { ClosedError, DiskFullError, ReadOnlyError, UndoneError } from '../../runtime/errors.js';
import { TestDatabase } from '../support/database.js';
import type { Call, Fault, FaultyVfs } from '../support/faulty-vfs.js';
import { percent, type Random, seeded } from '../support/random.js';
import type { VirtualClock } from './clock.js';
import { ScheduledMerges } from './merges.js';
import { type Listener, RecordedEngine } from './recorder.js';
import type { Scheduler } from './scheduler.js';
import { runtimesOf } from './schema.js';

/** What the database is opened with; drawn from the seed. */
export type Settings = Omit<EngineOptions, 'vfs' | 'clock' | 'date'> & {
  readonly durability: Durability;
  /** Milliseconds of virtual time; 0 for none. */
  readonly history: number;
};

const READ_ONLY_AFTER_FAILURE = 'QDB4030';
/** How many of a hundred asynchronous syncs take longer than the turn they began in. */
const SLOW_SYNC_PERCENT = 60;
const DONE = Promise.resolve();
const NEVER = new Promise<never>(() => {});

export class Life {
  engine!: RecordedEngine;
  db!: TestDatabase;
  alive = true;
  /** A failed sync has made it read-only. */
  sick = false;
  /** Somebody closes it, or has. */
  closing = false;
  closed = false;
  /** Calls of the file system until the power goes. */
  callsLeft = Number.POSITIVE_INFINITY;
  /** How often a call fails, in calls of a million. */
  faultsPerMillion = 0;
  /** Whether it ever was, in this life. */
  hasBeenFull = false;
  private calm = 0;

  constructor(
    readonly vfs: FaultyVfs,
    private readonly scheduler: Scheduler,
    private readonly clock: VirtualClock,
    private readonly random: Random,
  ) {
    vfs.plan = (call) => this.fault(call);
    vfs.pace = () => (percent(random, SLOW_SYNC_PERCENT) ? this.turn('sync') : DONE);
  }

  /** Opens the engine; `recovered` looks at what it finds before anything is written. Then the database; see {@link runtimesOf}. */
  open(
    settings: Settings,
    level: number | null,
    listener: Listener,
    recovered: (engine: RecordedEngine) => void,
  ): void {
    const { vfs, clock } = this;
    const merges = new ScheduledMerges(vfs, (who) => this.turn(who));
    const inner = openEngineSync({ ...settings, vfs, clock, date: clock.now }, merges);
    this.engine = new RecordedEngine(inner, settings.durability, listener);
    try {
      this.calmly(() => recovered(this.engine));
      // An alarm for upkeep would always be there to wait for, and hide that actors wait for one another: it comes with openings.
      const idleTimer = () => () => {};
      const surroundings = { clock: clock.now, random: noRandom, warn: () => {}, timer: clock.after, idleTimer };
      const runtimes = runtimesOf(level);
      const store = new Store(this.engine, runtimes, surroundings);
      this.db = new TestDatabase(new DirectSession(store), runtimes);
    } catch (error) {
      // As openStore does.
      inner.closeSync();
      throw error;
    }
  }

  /** Resolves at the next turn of `who` in this life. */
  turn(who: string): Promise<void> {
    return this.alive ? this.scheduler.turn(who) : NEVER;
  }

  end(): void {
    this.alive = false;
    this.vfs.plan = () => 'EIO';
  }

  get isOver(): boolean {
    return this.vfs.isCut || this.sick || this.closed;
  }

  /** Runs checks that no fault of the disk may disturb. */
  calmly<T>(check: () => T): T {
    this.calm++;
    try {
      return check();
    } finally {
      this.calm--;
    }
  }

  /** True when the work was done; false when the disk, a close or the end of this life is to blame that it was not. */
  async survives(work: () => unknown): Promise<boolean> {
    try {
      await work();
    } catch (error) {
      if (!this.alive) return NEVER;
      if (this.excuses(error)) return false;
      throw error;
    }
    return this.alive ? true : NEVER;
  }

  private excuses(error: unknown): boolean {
    if (error instanceof ReadOnlyError && error.code === READ_ONLY_AFTER_FAILURE) {
      this.sick = true;
      return this.vfs.faults > 0;
    }
    if (error instanceof ClosedError) return this.closing;
    // A reader that had seen what the full disk refused.
    if (error instanceof UndoneError) return this.hasBeenFull || this.vfs.faults > 0;
    if (error instanceof DiskFullError) return this.hasBeenFull || this.vfs.faults > 0;
    return isInjected(error);
  }

  private fault({ name }: Call): Fault | undefined {
    if (this.calm > 0) return undefined;
    if (this.callsLeft-- <= 0) {
      this.vfs.isCut = true;
      return 'EIO';
    }
    if (this.random() * 1_000_000 >= this.faultsPerMillion) return undefined;
    return name === 'read' || name === 'list' || this.random() < 0.5 ? 'EIO' : 'ENOSPC';
  }
}

/** Whether a fault of the disk stands at the end of the chain of causes. */
export function isInjected(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && (at.code === 'EIO' || at.code === 'ENOSPC')) return true;
  }
  return false;
}

/** Generated keys are auto-increment here: nobody asks. */
const noRandom = (into: Uint8Array): void => {
  const random = seeded(into.length);
  for (let i = 0; i < into.length; i++) into[i] = random() * 256;
};
