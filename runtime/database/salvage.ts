// `quantadb doctor --repair`: writes what verifies to another database, row by row. Indexes are built anew from the rows.
import { ByteSpan } from '../bytes/writer.js';
import type { TreeLayouts } from '../codec/layouts.js';
import type { Remaining, Remains } from '../engine/check/index.js';
import type { Engine, Tree } from '../engine/index.js';
import type { EntityModel, IndexModel } from '../schema/model.js';
import { EntityExamination, type ExaminedRow, rowOf, type WantedEntry } from './examine.js';

/** Commits are cut there. In bytes. */
const BATCH_BYTES = 1024 * 1024;

/** Writes to one tree in commits of bounded size. */
class TreeWriter {
  entries = 0;
  readonly tree: Tree;
  private readonly batch;
  private readonly found = new ByteSpan();
  /** Values that wait in the batch, where entries are looked up before they are written. */
  private readonly pending = new Map<string, Buffer>();

  constructor(
    private readonly engine: Engine,
    name: string,
    keySize: number | null,
  ) {
    this.tree = engine.openTree(name, { keySize });
    this.batch = engine.createBatch();
  }

  put({ key, value }: Pick<Remaining, 'key' | 'value'>): void {
    this.batch.put(this.tree, key, key.length, value, 0, value.length);
    this.entries++;
    if (this.batch.byteLength >= BATCH_BYTES) this.write();
  }

  /** The same where the key is new; else the value that is there. */
  putNew(entry: Pick<Remaining, 'key' | 'value'>): Buffer | null {
    const { key, value } = entry;
    const text = key.toString('latin1');
    const other = this.pending.get(text) ?? this.stored(key);
    if (other !== null) return other;
    this.pending.set(text, value);
    this.put(entry);
    return null;
  }

  private stored(key: Buffer): Buffer | null {
    return this.tree.get(key, key.length, this.found) ? this.found.copy() : null;
  }

  write(): void {
    if (this.batch.count > 0) this.engine.writeSync(this.batch);
    this.batch.clear();
    this.pending.clear();
  }
}

export type SavedTree = { readonly tree: string; readonly entries: number };

/** Writes the entries to the tree. */
export function saveTree(
  engine: Engine,
  name: string,
  keySize: number | null,
  entries: Iterable<Pick<Remaining, 'key' | 'value'>>,
): SavedTree {
  const writer = new TreeWriter(engine, name, keySize);
  for (const entry of entries) writer.put(entry);
  writer.write();
  return { tree: name, entries: writer.entries };
}

/** Writes the rows of an entity that decode, and what they ask of its indexes. */
export function saveEntity(
  engine: Engine,
  model: EntityModel,
  remains: Remains,
  layouts: TreeLayouts | null,
): SavedTree[] {
  const examination = new EntityExamination(model, remains, remains.findings, layouts);
  const rows = new TreeWriter(engine, model.storedName, examination.keySize);
  const indexes = model.indexes.map((index) => new IndexWriter(engine, examination, index));
  for (const row of examination.rows()) {
    rows.put(row);
    for (const index of indexes) index.add(row);
  }
  rows.write();
  for (const index of indexes) index.settle();
  return [
    { tree: model.storedName, entries: rows.entries },
    ...indexes.map(({ writer }) => ({ tree: writer.tree.name, entries: writer.entries })),
  ];
}

class IndexWriter {
  readonly writer: TreeWriter;
  /** Keys of unique entries that more rows than one ask for. */
  private readonly contested = new Set<string>();

  constructor(
    engine: Engine,
    private readonly examination: EntityExamination,
    private readonly index: IndexModel,
  ) {
    const { name, keySize } = examination.indexTree(index);
    this.writer = new TreeWriter(engine, name, keySize);
  }

  add(row: ExaminedRow): void {
    const { examination, index, writer } = this;
    for (const entry of row.wanted[examination.model.indexes.indexOf(index)]!) {
      if (!entry.isUnique) writer.put(entry);
      else {
        const other = writer.putNew(entry);
        if (other === null) continue;
        examination.tellClash(index, rowOf(examination.model, { value: other }), row.key);
        this.contested.add(entry.key.toString('latin1'));
      }
    }
  }

  /** Of rows that ask for one entry the newest gets it. */
  settle(): void {
    const { examination, index, writer, contested } = this;
    writer.write();
    if (contested.size === 0) return;
    const newest = new Map<string, WantedEntry>();
    for (const row of examination.rows()) {
      for (const entry of row.wanted[examination.model.indexes.indexOf(index)]!) {
        const text = entry.key.toString('latin1');
        if (!contested.has(text)) continue;
        const other = newest.get(text);
        if (other === undefined || other.sequence <= entry.sequence) newest.set(text, entry);
      }
    }
    const { entries } = writer;
    for (const entry of newest.values()) writer.put(entry);
    writer.write();
    writer.entries = entries;
  }
}
