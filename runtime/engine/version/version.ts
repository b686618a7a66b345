// An immutable picture of the database: its trees, and the tables of each level of each tree. Readers keep the version that
// they began with while edits lead to newer ones.
import { compareKeys } from '../../bytes/compare.js';
import { StorageError } from '../../errors.js';
import type { WalPosition } from '../wal/log.js';
import { type HistoryMeta, MAX_LEVELS, type TableMeta, type TreeMeta, type VersionEdit } from './edit.js';

type Levels = readonly (readonly TableMeta[])[];

const NO_TABLES: readonly TableMeta[] = Object.freeze([]);
const NO_LEVELS: Levels = Object.freeze(Array.from({ length: MAX_LEVELS }, () => NO_TABLES));

/** The steps are those of {@link VersionEdit}; a new database begins with {@link Version.EMPTY}. */
export class Version {
  static readonly EMPTY = new Version(new Map(), new Map(), new Map(), 0, null, 0, 1, { milliseconds: 0, from: 0 });

  private constructor(
    /** By id. */
    readonly trees: ReadonlyMap<number, TreeMeta>,
    /** By id. */
    readonly tables: ReadonlyMap<number, TableMeta>,
    private readonly levelsByTree: ReadonlyMap<number, Levels>,
    /** First log segment that is still needed; 0 before the first one. */
    readonly walFrom: number,
    /** Up to where a clean close saw the log complete, or null. */
    readonly walDurable: WalPosition | null,
    readonly lastSequence: number,
    readonly nextId: number,
    readonly history: HistoryMeta,
  ) {}

  /**
   * The tables of a tree by level, {@link MAX_LEVELS} of them. Level 0: newest first (by largest sequence, then id), ranges may
   * overlap. Other levels: by smallest key, and no key lies in two of them.
   */
  levels(treeId: number): Levels {
    return this.levelsByTree.get(treeId) ?? NO_LEVELS;
  }

  /**
   * The version after `edit`. Throws StorageError (QDB4012) when the edit contradicts this version: an unknown or repeated
   * id, overlapping tables in a level, a counter that goes back.
   */
  apply(edit: VersionEdit): Version {
    const trees = new Map(this.trees);
    const tables = new Map(this.tables);
    const touched = new Set<number>();

    for (const id of edit.removeTables ?? []) {
      const table = tables.get(id);
      if (table === undefined) throw contradiction(`it removes table ${id}, which is not there`);
      tables.delete(id);
      touched.add(table.treeId);
    }
    for (const tree of edit.addTrees ?? []) {
      if (trees.has(tree.id)) throw contradiction(`it adds tree ${tree.id} twice`);
      trees.set(tree.id, Object.freeze(tree));
    }
    for (const tree of edit.changeTrees ?? []) {
      if (!trees.has(tree.id)) throw contradiction(`it changes tree ${tree.id}, which is not there`);
      trees.set(tree.id, Object.freeze(tree));
    }
    for (const id of edit.dropTrees ?? []) {
      if (!trees.delete(id)) throw contradiction(`it drops tree ${id}, which is not there`);
      for (const level of this.levels(id)) for (const table of level) tables.delete(table.id);
      touched.add(id);
    }
    for (const table of edit.addTables ?? []) {
      if (tables.has(table.id)) throw contradiction(`it adds table ${table.id} twice`);
      if (!trees.has(table.treeId))
        throw contradiction(`table ${table.id} is of tree ${table.treeId}, which is not there`);
      if (!(table.level >= 0 && table.level < MAX_LEVELS)) throw contradiction(`there is no level ${table.level}`);
      tables.set(table.id, Object.freeze(table));
      touched.add(table.treeId);
    }

    const levelsByTree = new Map(this.levelsByTree);
    if (touched.size > 0) {
      for (const id of touched) levelsByTree.delete(id);
      for (const [id, levels] of arrange(tables, touched)) levelsByTree.set(id, levels);
    }
    return new Version(
      trees,
      tables,
      levelsByTree,
      forward('walFrom', this.walFrom, edit.walFrom),
      edit.walDurable ?? this.walDurable,
      forward('lastSequence', this.lastSequence, edit.lastSequence),
      forward('nextId', this.nextId, edit.nextId),
      edit.history ?? this.history,
    );
  }

  /** The one edit that leads from {@link Version.EMPTY} to this version. */
  toEdit(): VersionEdit {
    return {
      addTrees: [...this.trees.values()],
      addTables: [...this.tables.values()],
      walFrom: this.walFrom,
      ...(this.walDurable === null ? {} : { walDurable: this.walDurable }),
      lastSequence: this.lastSequence,
      nextId: this.nextId,
      ...(this.history.milliseconds === 0 ? {} : { history: this.history }),
    };
  }
}

/** Sorts the tables of the trees in `treeIds` into their levels, and checks what each level promises. */
function arrange(tables: ReadonlyMap<number, TableMeta>, treeIds: ReadonlySet<number>): Map<number, Levels> {
  const arranged = new Map<number, TableMeta[][]>();
  for (const table of tables.values()) {
    if (!treeIds.has(table.treeId)) continue;
    let levels = arranged.get(table.treeId);
    if (levels === undefined) {
      levels = Array.from({ length: MAX_LEVELS }, () => []);
      arranged.set(table.treeId, levels);
    }
    levels[table.level]!.push(table);
  }
  for (const levels of arranged.values()) {
    levels[0]!.sort((a, b) => b.maxSequence - a.maxSequence || b.id - a.id);
    for (const level of levels.slice(1)) {
      level.sort((a, b) => compareKeys(a.smallest, b.smallest));
      for (let i = 1; i < level.length; i++) {
        const [left, right] = [level[i - 1]!, level[i]!];
        if (compareKeys(left.largest, right.smallest) >= 0) {
          throw contradiction(`tables ${left.id} and ${right.id} overlap in level ${right.level}`);
        }
      }
    }
  }
  return arranged;
}

function forward(name: string, from: number, to: number | undefined): number {
  if (to === undefined) return from;
  if (to < from) throw contradiction(`${name} goes back from ${from} to ${to}`);
  return to;
}

function contradiction(what: string): StorageError {
  return new StorageError(
    'QDB4012',
    `A version edit cannot be applied: ${what}. This is a bug in QuantaDB; please report it.`,
  );
}
