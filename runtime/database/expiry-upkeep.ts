// Rows that expired leave the disk although nothing is written: the trees of entities with a ttl are rewritten now and then, which
// takes them through their filters. Once in a period, so that each row is written again twice at most before it goes.
import type { Engine, Tree } from '../engine/api.js';
import { QuantaError } from '../errors.js';
import type { MetaTree } from './meta.js';
import type { WarningReporter } from './open-snapshots.js';
import type { Timer } from './retry-queue.js';

/** Trees are not rewritten more often, however short rows live. */
const SHORTEST_PERIOD_MILLISECONDS = 60_000;
/** Timers are set for so long at most, for those of the platform end after 24 days. */
const LONGEST_WAIT_MILLISECONDS = 24 * 60 * 60 * 1000;

/** Lets a process end that has nothing else to wait for. */
export const idleTimer: Timer = (milliseconds, action) => {
  const timer = setTimeout(action, milliseconds);
  timer.unref();
  return () => clearTimeout(timer);
};

/** An entity whose rows expire. */
interface Expiring {
  readonly storedName: string;
  /** Milliseconds from one rewrite to the next. */
  readonly period: number;
  readonly trees: readonly Tree[];
  /** When it is next due, in milliseconds since the epoch. */
  due: number;
}

export class ExpiryUpkeep {
  private readonly entities: Expiring[] = [];
  private cancel: () => void = () => {};
  private stopped = false;

  constructor(
    private readonly engine: Engine,
    private readonly meta: MetaTree,
    private readonly now: () => number,
    private readonly timer: Timer,
    private readonly warn: WarningReporter,
  ) {}

  /** The first period of an entity begins at its first opening with a ttl. */
  add(storedName: string, lifetime: number, trees: readonly Tree[]): void {
    const period = Math.max(lifetime, SHORTEST_PERIOD_MILLISECONDS);
    const last = this.meta.mergedAt(storedName);
    if (last === null) this.note(storedName);
    this.entities.push({ storedName, period, trees, due: (last ?? this.now()) + period });
  }

  /** Does what is due, and whatever will be until {@link stop}. */
  start(): void {
    if (this.entities.length > 0) this.look();
  }

  stop(): void {
    this.stopped = true;
    this.cancel();
  }

  private look(): void {
    const now = this.now();
    const due = this.entities.filter((entity) => entity.due <= now);
    if (due.length > 0) this.rewrite(due).then(() => this.wait(), this.tell);
    else this.wait();
  }

  private wait(): void {
    if (this.stopped) return;
    const next = Math.min(...this.entities.map(({ due }) => due)) - this.now();
    this.cancel = this.timer(Math.min(Math.max(next, 1), LONGEST_WAIT_MILLISECONDS), () => this.look());
  }

  private async rewrite(entities: readonly Expiring[]): Promise<void> {
    for (const entity of entities) {
      if (this.stopped) return;
      // First, so that a rewrite that fails is tried again after a period, and not at once.
      this.note(entity.storedName);
      entity.due = this.now() + entity.period;
      if (entity.trees.some((tree) => tree.estimateEntries() > 0)) await this.engine.rewrite(entity.trees);
    }
  }

  /** Nobody waits for a rewrite. What stops the engine from writing, the next write throws. */
  private readonly tell = (error: unknown): void => {
    if (this.stopped) return;
    const code = error instanceof QuantaError ? error.code : 'QDB4010';
    this.warn(`Rows that expired could not be removed from disk: ${String(error)} It is tried again in a while.`, code);
    this.wait();
  };

  private note(storedName: string): void {
    const batch = this.engine.createBatch();
    this.meta.writeMergedAt(batch, storedName, this.now());
    this.engine.writeSync(batch);
  }
}
