// The tables that a flush or a load writes on its way into the version: all of them come to be, or none.
import type { Store } from '../store.js';
import type { TableWriter } from '../table/table.js';
import type { EngineTree } from '../tree.js';
import type { TableMeta, TreeMeta } from '../version/edit.js';

/** Tables of one tree and level. `abort` removes them again, as long as they are in no version. */
export class TableOutput {
  readonly tables: TableMeta[] = [];
  private writer: TableWriter | null = null;
  private id = 0;
  /** Written, but not known to be on the disk. */
  private readonly completed: { readonly id: number; readonly writer: TableWriter }[] = [];

  constructor(
    private readonly store: Store,
    private readonly tree: TreeMeta,
    private readonly level: number,
  ) {}

  /** The writer for the next key; a new table is begun when the last is full. Call it between keys only. */
  writerForNextKey(): TableWriter {
    if (this.writer !== null && this.writer.estimatedBytes >= this.store.options.tableBytes) this.complete();
    if (this.writer === null) {
      this.id = this.store.takeId();
      this.writer = this.store.createTable(this.id, this.tree, this.level);
    }
    return this.writer;
  }

  /** Lets the disk begin with what was added: where there are several outputs, complete all, then finish each. */
  complete(): void {
    const { writer, id } = this;
    if (writer === null) return;
    if (writer.entries > 0) {
      writer.complete();
      this.completed.push({ id, writer });
    } else {
      writer.abort();
    }
    this.writer = null;
  }

  /** Has the disk take all that was completed, off the thread. */
  async syncAsync(): Promise<void> {
    await Promise.all(this.completed.map(({ writer }) => writer.syncAsync()));
  }

  /** Makes all tables durable. `sequence` is that of all entries, and `level` theirs, where that was not known before. */
  finish(sequence?: number, level = this.level): void {
    this.complete();
    const { tree, completed } = this;
    for (let next = completed[0]; next !== undefined; next = completed[0]) {
      const summary = next.writer.finish(sequence);
      completed.shift();
      this.tables.push({ id: next.id, treeId: tree.id, level, ...summary });
    }
  }

  /** Gives up the tables that are being written; those that are finished stay. */
  abandon(): void {
    const open = this.completed.splice(0).map(({ writer }) => writer);
    if (this.writer !== null) open.push(this.writer);
    this.writer = null;
    for (const writer of open) {
      try {
        writer.abort();
      } catch {
        // As below.
      }
    }
  }

  abort(): void {
    this.abandon();
    try {
      for (const table of this.tables.splice(0)) this.store.removeTableFile(table.id);
    } catch {
      // Its cause is being reported already; the next opening removes what is left as orphans.
    }
  }
}

export function tablesOf(outputs: readonly TableOutput[]): TableMeta[] {
  return outputs.flatMap((output) => output.tables);
}

/** Writes what the memtable of a tree holds, older versions that somebody reads included; adds to `outputs` where that is anything. */
export function writeMemtable(store: Store, { memtable, meta }: EngineTree, outputs: TableOutput[]): void {
  if (memtable.entries === 0) return;
  const output = new TableOutput(store, meta, 0);
  outputs.push(output);
  const keys = memtable.sortedKeys();
  const { bytes } = memtable;
  let writer: TableWriter;
  let keyStart = 0;
  let keyEnd = 0;
  const add = (sequence: number, valueStart: number, valueEnd: number): void => {
    const deleted = valueEnd < valueStart;
    writer.add(bytes, keyStart, keyEnd, sequence, deleted, bytes, valueStart, deleted ? valueStart : valueEnd);
  };
  for (let i = 0; i < keys.length; i++) {
    keyStart = memtable.keyStart(keys[i]!);
    keyEnd = memtable.keyEnd(keys[i]!);
    writer = output.writerForNextKey();
    memtable.visitVersions(keys[i]!, add);
  }
  output.finish();
}
