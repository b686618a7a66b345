// All trees of an open engine: found by name and by id, changed by batches, rearranged when the version changes.
import { H1, hashKey } from '../bytes/hash.js';
import { LimitError, StorageError } from '../errors.js';
import type { TreeChanges, TreeOptions } from './api.js';
import { MAX_KEY_BYTES, MAX_TREES } from './limits.js';
import { Memtable } from './memtable/memtable.js';
import { TreeView } from './read/tree-view.js';
import { EngineTree, type TreeHost } from './tree.js';
import { described, type TableMeta, treeMeta, type VersionEdit } from './version/edit.js';
import type { Version } from './version/version.js';
import { BatchReader } from './write/batch.js';

export class Forest {
  readonly byName = new Map<string, EngineTree>();
  private readonly byId = new Map<number, EngineTree>();
  private readonly reader = new BatchReader();
  private memtables = 0;

  constructor(
    private readonly host: TreeHost,
    version: Version,
  ) {
    this.follow(version);
  }

  /** Bytes of all memtables. */
  get memtableBytes(): number {
    return this.memtables;
  }

  all(): Iterable<EngineTree> {
    return this.byId.values();
  }

  /**
   * The edit that makes the tree, or keeps what is said of its keys and values (tables that are written from now on tell
   * about them); null where it is as wanted. Throws LimitError (QDB4050) and StorageError (QDB4013, QDB4014).
   */
  opened(name: string, options: TreeOptions, takeId: () => number): VersionEdit | null {
    const { keySize } = options;
    const known = this.byName.get(name);
    if (known !== undefined) {
      if (known.keySize === keySize) {
        const meta = described(known.meta, options);
        return meta === known.meta ? null : { changeTrees: [meta] };
      }
      throw new StorageError(
        'QDB4013',
        `Tree "${name}" has keys of ${sizeText(known.keySize)}, and was opened for keys of ${sizeText(keySize)}.`,
      );
    }
    if (keySize !== null && !(Number.isInteger(keySize) && keySize > 0 && keySize <= MAX_KEY_BYTES)) {
      throw new LimitError('QDB4050', `Keys of ${keySize} bytes were asked for; 1 to ${MAX_KEY_BYTES} are possible.`);
    }
    checkName(name);
    if (this.byName.size >= MAX_TREES) {
      throw new LimitError('QDB4050', `There are ${MAX_TREES} trees already: drop one before "${name}" is made.`);
    }
    return { addTrees: [treeMeta(takeId(), name, options)] };
  }

  /** The edit that renames and drops trees. Throws StorageError (QDB4019) where a tree is missing or a name would be of two, QDB4014 where it is no name. */
  rearranged({ rename = new Map(), drop = [] }: TreeChanges): VersionEdit {
    const find = (name: string): EngineTree => {
      const tree = this.byName.get(name);
      if (tree !== undefined) return tree;
      throw new StorageError('QDB4019', `There is no tree "${name}". Nothing was changed.`);
    };
    const dropTrees = drop.map((name) => find(name).id);
    const changeTrees = [...rename].map(([from, to]) => ({ ...find(from).meta, name: to }));
    const moved = new Set([...drop, ...rename.keys()]);
    const taken = new Set([...this.byName.keys()].filter((name) => !moved.has(name)));
    for (const { name } of changeTrees) {
      checkName(name);
      if (taken.has(name)) throw new StorageError('QDB4019', `There is a tree "${name}" already. Nothing was changed.`);
      taken.add(name);
    }
    return { dropTrees, changeTrees };
  }

  /** Brings the operations of one batch into the memtables. Those of trees that are gone are passed over. */
  apply(sequence: number, bytes: Buffer, start: number, end: number): void {
    const { reader } = this;
    reader.open(bytes, start, end);
    let tree: EngineTree | undefined;
    while (reader.next()) {
      if (tree?.id !== reader.tree) tree = this.byId.get(reader.tree);
      if (tree === undefined) continue;
      tree.changes++;
      const { memtable } = tree;
      const { keyStart, keyEnd, deleted, valueStart, valueEnd } = reader;
      hashKey(bytes, keyStart, keyEnd);
      const before = memtable.byteLength;
      memtable.put(bytes, keyStart, keyEnd, H1, sequence, deleted, bytes, valueStart, valueEnd);
      this.memtables += memtable.byteLength - before;
    }
  }

  /** Takes back every change above `sequence`. */
  undo(sequence: number): void {
    for (const tree of this.byId.values()) {
      tree.changes++;
      tree.memtable.undo(sequence);
    }
  }

  /** After their contents went into tables, but for those of the trees in `forgotten`. */
  emptyMemtables(forgotten: ReadonlySet<EngineTree>): void {
    for (const tree of this.byId.values()) {
      if (tree.memtable.entries === 0) continue;
      if (!forgotten.has(tree)) tree.userBytes += tree.memtable.userBytes;
      tree.memtable = new Memtable(this.host.readers);
    }
    this.memtables = 0;
  }

  /** Notes what was written for the trees of these tables. */
  countTables(tables: readonly TableMeta[]): void {
    for (const table of tables) this.byId.get(table.treeId)!.countWritten(table);
  }

  /** Takes over the trees and tables of a version. */
  follow(version: Version): void {
    for (const [id, tree] of this.byId) {
      const meta = version.trees.get(id);
      if (meta?.name !== tree.name) this.byName.delete(tree.name);
      if (meta === undefined) {
        tree.open = false;
        this.memtables -= tree.memtable.byteLength;
        this.byId.delete(id);
        continue;
      }
      tree.meta = meta;
      if (tree.view.metas !== version.levels(id)) tree.view = new TreeView(this.host.tables, version.levels(id));
    }
    // A name may have passed from one tree to another.
    for (const tree of this.byId.values()) this.byName.set(tree.name, tree);
    for (const meta of version.trees.values()) {
      if (this.byId.has(meta.id)) continue;
      const tree = new EngineTree(meta, version.levels(meta.id), this.host);
      this.byId.set(meta.id, tree);
      this.byName.set(meta.name, tree);
    }
  }

  close(): void {
    for (const tree of this.byId.values()) tree.open = false;
  }
}

/** Names are kept as UTF-8, which has no bytes for half of a surrogate pair: two names would become one. */
function checkName(name: string): void {
  if (typeof name === 'string' && Buffer.from(name, 'utf8').toString('utf8') === name) return;
  throw new StorageError(
    'QDB4014',
    `${JSON.stringify(name)} names no tree: give a string without lone surrogates. Nothing was changed.`,
  );
}

function sizeText(keySize: number | null): string {
  return keySize === null ? 'any size' : `${keySize} bytes`;
}
