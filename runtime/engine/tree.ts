// One tree of an open engine: its memtable over the view of its tables.
import { compareKeys } from '../bytes/compare.js';
import { H1, H2, hashKey } from '../bytes/hash.js';
import { ByteSpan } from '../bytes/writer.js';
import type {
  CompactionFilter,
  Cursor,
  CursorOptions,
  KeyRange,
  PageCounts,
  Snapshot,
  Tree,
  TreeStatistics,
  ValueLayouts,
} from './api.js';
import { Memtable } from './memtable/memtable.js';
import { LevelSource } from './read/level-source.js';
import { MemtableSource } from './read/memtable-source.js';
import { type CursorHost, MergeCursor } from './read/merge-cursor.js';
import type { Source } from './read/source.js';
import { StagedGets } from './read/staged-gets.js';
import { StoredTree } from './read/stored-tree.js';
import { tableSource } from './read/table-source.js';
import { TreeView } from './read/tree-view.js';
import { Upgrader, UpgradingCursor } from './read/upgrade.js';
import type { Readers } from './readers.js';
import { EngineSnapshot } from './snapshot.js';
import { MergedStatistics } from './statistics/tree-statistics.js';
import { ABSENT, FOUND } from './table/table.js';
import type { TableHandle, TableSet } from './tables.js';
import { MAX_LEVELS, type TableMeta, type TreeMeta } from './version/edit.js';

const NEWEST = Number.MAX_SAFE_INTEGER;

/** What trees need of their engine. */
export interface TreeHost extends CursorHost {
  readonly readers: Readers;
  readonly tables: TableSet;
  /** Sequence number of the last commit. */
  readonly sequence: number;
  /** Throws ClosedError when the engine, or the tree, is gone. */
  checkOpen(tree: EngineTree): void;
  /** Sequence number of a snapshot; throws ClosedError when it is closed, UndoneError when what it saw was taken back. */
  sequenceOf(snapshot: Snapshot): number;
}

export class EngineTree implements Tree {
  readonly id: number;
  readonly keySize: number | null;
  /** False once the engine is closed or the tree dropped. */
  open = true;
  memtable: Memtable;
  view: TreeView;
  reads = 0;
  /** Counts the changes of its entries. */
  changes = 0;
  /** Bytes of keys and values that were flushed or loaded. */
  userBytes = 0;
  /** Bytes of tables that were written, by level. */
  readonly written = new Array<number>(MAX_LEVELS).fill(0);
  /** What merges leave out, asked as each begins. */
  filter: (() => CompactionFilter | null) | null = null;
  private layouts: ValueLayouts | null = null;
  /** The tables that were last looked at for values of earlier layouts, and what shows these; null where there are none. */
  private looked: TreeView | null = null;
  private upgrader: Upgrader | null = null;
  private asStored: Tree | null = null;
  private stagedGets: StagedGets | null = null;
  private known: MergedStatistics | null = null;

  constructor(
    /** As the version has it. */
    public meta: TreeMeta,
    levels: readonly (readonly TableMeta[])[],
    private readonly host: TreeHost,
  ) {
    this.id = meta.id;
    this.keySize = meta.keySize;
    this.memtable = new Memtable(host.readers);
    this.view = new TreeView(host.tables, levels);
  }

  get name(): string {
    return this.meta.name;
  }

  get lead(): number | null {
    return this.layouts === null ? null : this.layouts.lead;
  }

  setLayouts(layouts: ValueLayouts | null): void {
    this.layouts = layouts;
    this.looked = null;
    this.upgrader = null;
  }

  get stored(): Tree {
    this.asStored ??= new StoredTree(this);
    return this.asStored;
  }

  get holdsEarlier(): boolean {
    return this.upgraderNow() !== null;
  }

  get(key: Uint8Array, keyEnd: number, into: ByteSpan, at?: Snapshot): boolean {
    const found = this.getStored(key, keyEnd, into, at);
    if (found && this.layouts !== null) this.upgraderNow()?.show(into, into);
    return found;
  }

  getStored(key: Uint8Array, keyEnd: number, into: ByteSpan, at?: Snapshot): boolean {
    if (!this.open) this.host.checkOpen(this);
    const sequence = at === undefined ? NEWEST : this.host.sequenceOf(at);
    this.reads++;
    return this.find(key, 0, keyEnd, sequence, into);
  }

  getMany(
    keys: Uint8Array,
    ends: Int32Array,
    count: number,
    visit: (index: number, value: ByteSpan) => void,
    at?: Snapshot,
  ): void {
    if (!this.open) this.host.checkOpen(this);
    const sequence = at === undefined ? NEWEST : this.host.sequenceOf(at);
    const find = (start: number, end: number, into: ByteSpan): boolean => this.find(keys, start, end, sequence, into);
    this.reads += count;
    // A visitor that asks this tree again gets stages of its own.
    const stages = this.stagedGets ?? new StagedGets(this.host.tables.cache);
    this.stagedGets = null;
    stages.run(this.memtable, this.view, keys, ends, count, sequence, find, this.showing(visit));
    this.stagedGets = stages;
  }

  cursor(range?: KeyRange, options?: CursorOptions): Cursor {
    const cursor = this.cursorStored(range, options);
    return this.layouts !== null && this.holdsEarlier ? new UpgradingCursor(cursor, this.layouts) : cursor;
  }

  cursorStored(range: KeyRange = {}, options: CursorOptions = {}): Cursor {
    const { host, memtable, view } = this;
    const { scan } = options;
    if (!this.open) host.checkOpen(this);
    const sequence = options.at === undefined ? host.sequence : host.sequenceOf(options.at);
    const sources: Source[] = [];
    if (memtable.entries > 0) {
      for (const run of memtable.sortedRuns()) sources.push(new MemtableSource(memtable, run, sequence));
    }
    view.l0.forEach((handle, place) => {
      if (!mayOverlap(handle.meta, range)) return;
      const isLowest = scan !== undefined && view.isLowestInL0(place);
      sources.push(tableSource(host.tables.open(handle), sequence, scan, isLowest));
    });
    view.levels.forEach((level, place) => {
      const isLowest = ({ meta }: TableHandle): boolean => view.isLowest(meta, place + 1);
      sources.push(new LevelSource(host.tables, level, sequence, scan, isLowest));
    });
    const state = new EngineSnapshot(sequence, host.readers);
    const pin = host.tables.pin();
    return new MergeCursor(sources, copyRange(range), options.reverse === true, host, state, () => {
      state.close();
      host.tables.unpin(pin);
    });
  }

  estimateEntries(): number {
    let entries = this.memtable.entries - 2 * this.memtable.tombstones;
    for (const level of this.view.metas) {
      for (const table of level) entries += table.entries - 2 * table.tombstones;
    }
    return Math.max(0, entries);
  }

  statistics(): TreeStatistics {
    const { view, memtable } = this;
    if (this.known?.describes(view, memtable) !== true)
      this.known = new MergedStatistics(view, memtable, this.meta.parts ?? []);
    return this.known!;
  }

  get pages(): PageCounts {
    const pages = { hits: 0, misses: 0 };
    for (const { hits, misses } of this.host.tables.countersOf(this.id)) {
      pages.hits += hits;
      pages.misses += misses;
    }
    return pages;
  }

  countWritten({ level, bytes }: TableMeta): void {
    this.written[level]! += bytes;
  }

  /** What values have to go through, as the tables are now. Tables only: memtables hold today's layout. */
  private upgraderNow(): Upgrader | null {
    const { layouts, view } = this;
    if (layouts === null || this.looked === view) return this.upgrader;
    const earlier = view.metas.some((level) => level.some(({ leastLead = 0 }) => leastLead < layouts.lead));
    this.looked = view;
    this.upgrader = earlier ? (this.upgrader ?? new Upgrader(layouts)) : null;
    return this.upgrader;
  }

  private showing(visit: (index: number, value: ByteSpan) => void): (index: number, value: ByteSpan) => void {
    const upgrader = this.upgraderNow();
    if (upgrader === null) return visit;
    const shown = new ByteSpan();
    return (index, value) => {
      upgrader.show(value, shown);
      visit(index, shown);
    };
  }

  private find(key: Uint8Array, keyStart: number, keyEnd: number, sequence: number, into: ByteSpan): boolean {
    if (this.keySize !== null && keyEnd - keyStart !== this.keySize) return false;
    hashKey(key, keyStart, keyEnd);
    const h1 = H1;
    const h2 = H2;
    const { memtable } = this;
    if (memtable.entries > 0) {
      const found = memtable.get(key, keyStart, keyEnd, h1, sequence, into);
      if (found !== ABSENT) return found === FOUND;
    }
    return this.view.get(key, keyStart, keyEnd, h1, h2, sequence, into) === FOUND;
  }
}

function mayOverlap(table: TableMeta, range: KeyRange): boolean {
  const { gte, gt, lte, lt } = range;
  return !(
    (gte !== undefined && compareKeys(table.largest, gte) < 0) ||
    (gt !== undefined && compareKeys(table.largest, gt) <= 0) ||
    (lte !== undefined && compareKeys(table.smallest, lte) > 0) ||
    (lt !== undefined && compareKeys(table.smallest, lt) >= 0)
  );
}

/** Bounds often stand in buffers that the caller uses again; slice() of a Buffer would be no copy. */
function copyRange({ gte, gt, lte, lt }: KeyRange): KeyRange {
  return {
    ...(gte === undefined ? {} : { gte: Buffer.from(gte) }),
    ...(gt === undefined ? {} : { gt: Buffer.from(gt) }),
    ...(lte === undefined ? {} : { lte: Buffer.from(lte) }),
    ...(lt === undefined ? {} : { lt: Buffer.from(lt) }),
  };
}
