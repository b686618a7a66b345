// Reading a past without changing anything: a tree that the code knows and the database doesn't is not made, it is empty.
import type { EntryRun } from '../bytes/entry-run.js';
import { ByteSpan } from '../bytes/writer.js';
import type { Cursor, Engine, PageCounts, Tree, TreeStatistics } from '../engine/api.js';

/** Opens the trees that are there, and stands in for the others. */
export function treesOf(engine: Engine): Pick<Engine, 'openTree' | 'trees'> {
  return {
    trees: engine.trees,
    openTree: (name, { keySize }) => engine.trees.get(name) ?? new AbsentTree(name, keySize),
  };
}

class AbsentTree implements Tree {
  /** Of no tree. */
  readonly id = -1;
  readonly pages: PageCounts = { hits: 0, misses: 0 };
  readonly lead = null;
  readonly holdsEarlier = false;
  readonly stored = this;

  constructor(
    readonly name: string,
    readonly keySize: number | null,
  ) {}

  setLayouts(): void {}

  get(): boolean {
    return false;
  }

  getMany(): void {}

  cursor(): Cursor {
    return new EmptyCursor();
  }

  estimateEntries(): number {
    return 0;
  }

  statistics(): TreeStatistics {
    return { entries: 0, entryBytes: 0, pages: 0, entriesIn: () => 0, distinct: () => 1 };
  }
}

class EmptyCursor implements Cursor {
  readonly key = new ByteSpan();
  readonly value = new ByteSpan();

  next(): boolean {
    return false;
  }

  nextRun(_into: EntryRun): boolean {
    return false;
  }

  seek(): void {}

  close(): void {}
}
