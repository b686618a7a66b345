// All trees of an open engine: found by name and by id, changed by batches, rearranged when the version changes.
import { H1, hashKey } from '../bytes/hash.js';
import { LimitError, StorageError } from '../errors.js';
import type { TreeOptions } from './api.js';
import { MAX_KEY_BYTES, MAX_TREES } from './limits.js';
import { Memtable } from './memtable/memtable.js';
import { TreeView } from './read/tree-view.js';
import { EngineTree, type TreeHost } from './tree.js';
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

  tree(id: number): EngineTree | undefined {
    return this.byId.get(id);
  }

  all(): Iterable<EngineTree> {
    return this.byId.values();
  }

  /** The tree of that name, or undefined where one may be made. Throws LimitError (QDB4050) and StorageError (QDB4013). */
  known(name: string, { keySize }: TreeOptions): EngineTree | undefined {
    const known = this.byName.get(name);
    if (known !== undefined) {
      if (known.keySize === keySize) return known;
      throw new StorageError(
        'QDB4013',
        `Tree "${name}" has keys of ${sizeText(known.keySize)}, and was opened for keys of ${sizeText(keySize)}.`,
      );
    }
    if (keySize !== null && !(Number.isInteger(keySize) && keySize > 0 && keySize <= MAX_KEY_BYTES)) {
      throw new LimitError('QDB4050', `Keys of ${keySize} bytes were asked for; 1 to ${MAX_KEY_BYTES} are possible.`);
    }
    if (this.byName.size >= MAX_TREES) {
      throw new LimitError('QDB4050', `There are ${MAX_TREES} trees already: drop one before "${name}" is made.`);
    }
    return undefined;
  }

  /** Brings the operations of one batch into the memtables. Those of trees that are gone are passed over. */
  apply(sequence: number, bytes: Buffer, start: number, end: number): void {
    const { reader } = this;
    reader.open(bytes, start, end);
    let tree: EngineTree | undefined;
    while (reader.next()) {
      if (tree?.id !== reader.tree) tree = this.byId.get(reader.tree);
      if (tree === undefined) continue;
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
    for (const tree of this.byId.values()) tree.memtable.undo(sequence);
  }

  /** After their contents went into tables. */
  emptyMemtables(): void {
    for (const tree of this.byId.values()) {
      if (tree.memtable.entries > 0) tree.memtable = new Memtable(this.host.readers);
    }
    this.memtables = 0;
  }

  /** Takes over the trees and tables of a version. */
  follow(version: Version): void {
    for (const [id, tree] of this.byId) {
      const meta = version.trees.get(id);
      if (meta !== undefined) tree.meta = meta;
      if (meta === undefined) {
        tree.open = false;
        this.memtables -= tree.memtable.byteLength;
        this.byId.delete(id);
        this.byName.delete(tree.name);
      } else if (tree.view.metas !== version.levels(id)) {
        tree.view = new TreeView(this.host.tables, version.levels(id));
      }
    }
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

function sizeText(keySize: number | null): string {
  return keySize === null ? 'any size' : `${keySize} bytes`;
}
