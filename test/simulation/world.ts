// Everything that one seed makes: the clock, the scheduler, the model, the machine with its disk, and the lives of the database.
import { type Engine, restoreBackup } from '../../runtime/engine/index.js';
import { ReadOnlyError, StorageError } from '../../runtime/errors.js';
import type { MemoryVfs } from '../../runtime/vfs/memory.js';
import type { Vfs } from '../../runtime/vfs/vfs.js';
import type { Survival } from '../support/disk.js';
import type { AnyRow } from '../support/entities.js';
import { FaultyVfs } from '../support/faulty-vfs.js';
import { derived, integer, oneOf, percent, type Random } from '../support/random.js';
import { checkBank, checkEntries, checkItems, checkReadings, checkSessions, require } from './checks.js';
import { VirtualClock } from './clock.js';
import { type Changes, History } from './history.js';
import { isInjected, Life, type Settings } from './life.js';
import type { Listener } from './recorder.js';
import { Scheduler } from './scheduler.js';
import { ACCOUNTS, accountOf, HIGHEST_LEVEL, isRetained, readingKey, SESSION_LIFETIME } from './schema.js';
import type { Trace } from './trace.js';

export const DATABASE = '/db';
export const BACKUP = '/backup';
const DIRECTORIES = [DATABASE, BACKUP];
/** An opening that was disturbed so often is left in peace. */
const DISTURBED_OPENINGS = 3;

/** Someone who acts for as long as the life lasts. */
export type Actor = (life: Life, world: World) => Promise<void>;

export class World implements Listener {
  readonly clock = new VirtualClock();
  readonly scheduler: Scheduler;
  /** Every entry of every tree, as bytes. */
  readonly entries = new History<string>();
  /** Rows by key, as they were handed to the DAOs. */
  readonly items = new History<AnyRow>();
  readonly sessions = new History<AnyRow>();
  readonly readings = new History<AnyRow>();
  /** When each commit was made, in virtual milliseconds. */
  readonly times = new History<number>();
  /** Readings up to this level are refused by the life at hand; from which commit on, for each level that was ever asked for. */
  level: number | null = null;
  private levels: { readonly from: number; readonly level: number | null }[] = [];
  readonly counts = {
    commits: 0,
    audits: 0,
    lives: 0,
    cuts: 0,
    refused: 0,
    faults: 0,
    backups: 0,
    transfers: 0,
    retries: 0,
    conflicts: 0,
    pasts: 0,
    swept: 0,
  };
  life!: Life;
  /** No crash may lose this commit, nor any before it. */
  promised = 0;
  /** Told of each commit, while it is the last. */
  onCommit: (() => void) | null = null;
  /** The last sequence number that was used. */
  highest = 0;
  /** How many turns of a troublemaker pass between two troubles, on average. */
  readonly calmTurns: number;
  /** Openings that may have made a commit of their own, a mark of the history, since the last one that came to its end. */
  private unseen = 0;
  private readonly fate: Random;
  private readonly hasLinks: boolean;
  private readonly settings: Settings;

  constructor(
    readonly seed: number,
    private readonly trace: Trace,
    private readonly actors: ReadonlyMap<string, Actor>,
  ) {
    this.scheduler = new Scheduler(derived(seed, 'scheduler'), this.clock);
    this.fate = derived(seed, 'fate');
    const random = derived(seed, 'settings');
    this.settings = drawSettings(random);
    this.calmTurns = oneOf(random, [10, 20, 40, 1_000]);
    this.hasLinks = percent(random, 50);
    this.note('settings', JSON.stringify({ ...this.settings, calmTurns: this.calmTurns, links: this.hasLinks }));
  }

  /** The generator of one actor, new in each life. */
  random(who: string): Random {
    return derived(this.seed, `${who}/${this.counts.lives}`);
  }

  note(who: string, what: string): void {
    const sequence = this.life?.engine?.sequence ?? 0;
    this.trace.write(
      `${String(this.scheduler.turns).padStart(5)} ${String(this.clock.now()).padStart(6)} ms  #${String(sequence).padEnd(4)} ${who.padEnd(12)} ${what}`,
    );
  }

  /** Lets everybody act for so many turns, then cuts the power once more and looks at what is there. */
  async run(turns: number): Promise<void> {
    this.begin(new FaultyVfs());
    await this.scheduler.run(
      () => this.scheduler.turns >= turns,
      () => {
        if (this.life.isOver) this.revive();
      },
    );
    this.end('some');
    this.begin(this.image, true);
    this.checkState(this.life);
    await this.checkBackup(this.life.vfs);
    this.life.db.closeSync();
    this.note('end', JSON.stringify(this.counts));
  }

  private get histories(): History<unknown>[] {
    return [this.entries, this.items, this.sessions, this.readings, this.times];
  }

  // Fates of commits

  committed(sequence: number, changes: Changes<string>): void {
    this.counts.commits++;
    this.highest = Math.max(this.highest, sequence);
    this.entries.commit(sequence, changes);
    this.times.commit(sequence, new Map([['time', this.clock.now()]]));
    this.onCommit?.();
  }

  acknowledged(sequence: number): void {
    if (!this.life.vfs.isCut) this.promised = Math.max(this.promised, sequence);
  }

  /** The database was closed: every commit that was not refused is on the disk, though its number may be all that is left of a refused one. */
  kept(): void {
    this.acknowledged(this.entries.last);
  }

  refused(sequence: number, error: unknown): void {
    this.counts.refused++;
    // After a failed sync nobody knows; otherwise nothing of it is left.
    if (error instanceof ReadOnlyError) this.life.sick = true;
    else for (const history of this.histories) history.refuse(sequence);
  }

  // Lives

  private image!: FaultyVfs;

  /** After a power cut, a failed sync or a close. */
  private revive(): void {
    const { life } = this;
    const survival: Survival = life.sick && !life.vfs.isCut && percent(this.fate, 50) ? 'everything' : this.survival();
    this.end(survival);
    this.begin(this.image);
  }

  private survival(): Survival {
    return oneOf(this.fate, ['nothing', 'everything', 'some', 'some'] as const);
  }

  private end(survival: Survival): void {
    const { life } = this;
    this.counts.cuts++;
    this.counts.faults += life.vfs.faults;
    this.note('power cut', `${life.vfs.operations.length} operations, ${survival} survives`);
    life.end();
    this.onCommit = null;
    this.scheduler.clear();
    this.clock.clear();
    this.image = FaultyVfs.over(this.cut(life.vfs, survival), DIRECTORIES);
  }

  private cut(vfs: FaultyVfs, survival: Survival): MemoryVfs {
    return vfs.disk().afterCut(survival, this.fate);
  }

  /** Opens the database, which may itself be disturbed, and starts all actors. */
  private begin(vfs: FaultyVfs, inPeace = false): void {
    for (let attempt = 0; ; attempt++) {
      this.counts.lives++;
      const life = new Life(vfs, this.scheduler, this.clock, derived(this.seed, `disk/${this.counts.lives}`));
      this.life = life;
      if (this.hasLinks) vfs.allowLinks();
      const calm = inPeace || attempt >= DISTURBED_OPENINGS;
      // A life that goes on where another ended often asks for another level.
      const level = percent(this.fate, 50) ? this.level : oneOf(this.fate, [null, integer(this.fate, HIGHEST_LEVEL)]);
      if (this.settings.history > 0) this.unseen++;
      if (!calm && percent(this.fate, 15)) life.callsLeft = integer(this.fate, 40);
      if (!calm && percent(this.fate, 10)) life.faultsPerMillion = 20_000;
      try {
        life.open(this.settings, level, this, (engine) => this.checkRecovered(engine));
        this.level = level;
        break;
      } catch (error) {
        if (!isInjected(error)) throw error;
        this.note('opening', `failed: ${(error as Error).message}`);
        this.counts.faults += vfs.faults;
        life.end();
        this.scheduler.clear();
        this.clock.clear();
        // Without a power cut the kernel still has what was written.
        vfs = FaultyVfs.over(this.cut(vfs, vfs.isCut ? this.survival() : 'everything'), DIRECTORIES);
      }
    }
    const { life } = this;
    life.callsLeft = Number.POSITIVE_INFINITY;
    life.faultsPerMillion = 0;
    this.note('opened', `with ${life.engine.stats().wal.tornBytesDropped} torn bytes`);
    this.unseen = 0;
    this.highest = Math.max(this.highest, life.engine.sequence);
    this.sweep();
    life.calmly(() => this.openBank());
    for (const [who, actor] of this.actors) this.scheduler.start(who, actor(life, this));
  }

  /** The opening has let go of readings that the level of this life refuses. */
  private sweep(): void {
    this.levels.push({ from: this.life.engine.sequence, level: this.level });
    this.readingsGone((_, row) => !isRetained(row, this.level));
  }

  /** Notes readings that an opening has let go of, each at the commit that did. */
  private readingsGone(isGone: (id: string, row: AnyRow) => boolean): void {
    const gone = new Map<number, Map<string, null>>();
    for (const [id, row] of this.readings.at(Number.POSITIVE_INFINITY)) {
      if (!isGone(id, row)) continue;
      const key = readingKey(Number(id));
      const sequence = this.entries.lastWhere((_, changes) => changes.get(key) === null);
      require(sequence > 0, () => `no opening has let go of reading ${id}, ${JSON.stringify(row)}`);
      if (!gone.has(sequence)) gone.set(sequence, new Map());
      gone.get(sequence)!.set(id, null);
      this.counts.swept++;
    }
    for (const [sequence, changes] of [...gone].sort(([a], [b]) => a - b)) {
      this.readings.commit(sequence, changes);
      this.note('opening', `swept ${changes.size} readings in commit ${sequence}`);
    }
  }

  private openBank(): void {
    const { db } = this.life;
    if (db.dao('Account').countSync() > 0) return;
    db.transactionSync((tx) => {
      for (let number = 0; number < ACCOUNTS; number++) tx.dao('Account').putSync(accountOf(number));
    });
  }

  /** Runs a write, and notes in `history` what it does to the rows if it comes to a commit. Answers as {@link Life.survives}. */
  write(life: Life, history: History<AnyRow>, changes: Changes<AnyRow>, action: () => unknown): Promise<boolean> {
    const before = life.engine.sequence;
    const isCommitted = (): boolean => life.engine.sequence > before;
    let outcome: unknown;
    try {
      outcome = action();
    } catch (error) {
      // A sync call that failed left nothing, unless nobody knows.
      if (isCommitted() && life.sick) history.commit(life.engine.sequence, changes);
      return life.survives(() => Promise.reject(error));
    }
    if (isCommitted()) history.commit(life.engine.sequence, changes);
    return life.survives(() => outcome);
  }

  // What must hold

  /** Everything that was promised is there, and nothing by half: the state is that of one sequence number. */
  private checkRecovered(engine: Engine): void {
    const { sequence } = engine;
    require(sequence >= this.promised, () =>
      `recovered up to commit ${sequence}, though ${this.promised} was acknowledged`);
    require(sequence <= this.highest + this.unseen, () =>
      `recovered commit ${sequence}, though ${this.highest} was the last`);
    for (const history of this.histories) history.truncate(sequence);
    this.levels = this.levels.filter(({ from }) => from <= sequence);
    // An opening that came to no end may have swept some.
    const entries = this.entries.at(sequence);
    this.readingsGone((id) => !entries.has(readingKey(Number(id))));
    this.promised = sequence;
    this.highest = sequence;
    checkEntries(engine, entries, this.clock.now());
  }

  /** The present of a database, by its DAOs and by its bytes. */
  checkState({ db, engine }: Life): void {
    const { sequence } = engine;
    checkEntries(engine, this.entries.at(sequence), this.clock.now());
    checkBank(db);
    checkItems(db, this.items.at(sequence));
    checkSessions(db, this.livingSessions(sequence, this.clock.now()));
    checkReadings(db, this.readings.at(sequence));
  }

  livingSessions(sequence: number, now: number): AnyRow[] {
    const rows = [...this.sessions.at(sequence).values()];
    return rows.filter(({ at }) => (at as Date).getTime() > now - SESSION_LIFETIME);
  }

  /** Restores the backup, if there is a whole one, on another machine, and compares it with the state of its sequence number. */
  async checkBackup(vfs: Vfs): Promise<boolean> {
    const machine = FaultyVfs.over(vfs, [BACKUP]);
    let sequence: number;
    try {
      ({ sequence } = await restoreBackup(machine, BACKUP, DATABASE));
    } catch (error) {
      if (error instanceof StorageError && error.code === 'QDB4015') return false;
      throw error;
    }
    const copy = new Life(machine, this.scheduler, this.clock, this.fate);
    // With what it was made with: another level, or another span of history, would change it.
    const level = this.levels.findLast(({ from }) => from <= sequence)?.level ?? null;
    copy.open({ ...this.settings, compaction: 'manual' }, level, NOBODY, (engine) => {
      require(engine.sequence === sequence, () =>
        `the backup of commit ${sequence} opens at commit ${engine.sequence}`);
    });
    this.checkState(copy);
    copy.db.closeSync();
    return true;
  }
}

const NOBODY: Listener = { committed: () => {}, acknowledged: () => {}, refused: () => {} };

/** Sizes so small that a few hundred commits are flushed and merged many times. */
function drawSettings(random: Random): Settings {
  return {
    path: DATABASE,
    durability: oneOf(random, ['commit', 'commit', 'commit', 'interval', 'os'] as const),
    memory: oneOf(random, [0, 64 * 1024, 1024 * 1024]),
    memtableBytes: oneOf(random, [1_000, 3_000, 8_000]),
    blockBytes: oneOf(random, [4096, 8192]),
    tableBytes: oneOf(random, [4_096, 16_384]),
    levelBytes: oneOf(random, [8_192, 32_768]),
    logGrowBytes: oneOf(random, [4_096, 32_768]),
    compression: oneOf(random, ['none', 'none', 'zlib'] as const),
    history: oneOf(random, [0, 0, 1_500, 4_000]),
  };
}
