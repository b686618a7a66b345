// An engine that tells of every commit: what was written under which sequence number, and what became of it.
import { ByteSpan, type ByteWriter } from '../../runtime/bytes/writer.js';
import type {
  BackupOptions,
  BackupSummary,
  BulkLoad,
  BulkPart,
  CompactionFilter,
  Durability,
  Engine,
  EngineStats,
  PastSnapshot,
  Snapshot,
  Tree,
  TreeChanges,
  TreeOptions,
  WriteBatch,
} from '../../runtime/engine/api.js';
import type { FrameState } from '../../runtime/engine/cache/page-cache.js';
import { type Batch, BatchReader } from '../../runtime/engine/write/batch.js';
import type { Changes } from './history.js';

/** Told of the fate of commits. */
export interface Listener {
  /** Visible to reads from now on. */
  committed(sequence: number, changes: Changes<string>): void;
  /** Durable, with all before it. */
  acknowledged(sequence: number): void;
  /** The caller was told that it failed. */
  refused(sequence: number, error: unknown): void;
}

/** A key of the model: the tree's name and the key's bytes as latin1. */
export function entryKey(tree: string, key: string): string {
  return `${tree}\0${key}`;
}

export class RecordedEngine implements Engine {
  constructor(
    private readonly engine: Engine,
    private readonly durability: Durability,
    private readonly listener: Listener,
  ) {}

  get path(): string {
    return this.engine.path;
  }

  get sequence(): number {
    return this.engine.sequence;
  }

  get trees(): ReadonlyMap<string, Tree> {
    return this.engine.trees;
  }

  write(batch: WriteBatch, durability: Durability = this.durability): Promise<void> {
    const before = this.engine.sequence;
    const promise = this.engine.write(batch, durability === 'commit' ? durability : undefined);
    const { sequence } = this.engine;
    if (sequence > before) {
      this.listener.committed(sequence, this.changesOf(batch));
      promise.then(
        () => durability === 'commit' && this.listener.acknowledged(sequence),
        (error: unknown) => this.listener.refused(sequence, error),
      );
    }
    return promise;
  }

  writeSync(batch: WriteBatch): void {
    const before = this.engine.sequence;
    const changes = this.changesOf(batch);
    try {
      this.engine.writeSync(batch);
    } catch (error) {
      const { sequence } = this.engine;
      if (sequence > before) {
        this.listener.committed(sequence, changes);
        this.listener.refused(sequence, error);
      }
      throw error;
    }
    this.listener.committed(this.engine.sequence, changes);
    if (this.durability === 'commit') this.listener.acknowledged(this.engine.sequence);
  }

  bulkLoad(): BulkLoad {
    return new RecordedLoad(this.engine, this.listener);
  }

  openTree(name: string, options: TreeOptions): Tree {
    return this.engine.openTree(name, options);
  }

  dropTree(name: string): void {
    this.engine.dropTree(name);
  }

  rearrangeTrees(changes: TreeChanges): void {
    this.engine.rearrangeTrees(changes);
  }

  emptyTrees(trees: readonly Tree[]): boolean {
    const changes = new Map<string, string | null>();
    for (const tree of trees) {
      const cursor = tree.cursor();
      while (cursor.next()) changes.set(entryKey(tree.name, cursor.key.copy().toString('latin1')), null);
      cursor.close();
    }
    if (!this.engine.emptyTrees(trees)) return false;
    this.listener.committed(this.engine.sequence, changes);
    this.listener.acknowledged(this.engine.sequence);
    return true;
  }

  setFilter(tree: Tree, current: () => CompactionFilter): void {
    this.engine.setFilter(tree, current);
  }

  createBatch(): WriteBatch {
    return this.engine.createBatch();
  }

  snapshot(): Snapshot {
    return this.engine.snapshot();
  }

  snapshotAt(at: number | Date): PastSnapshot {
    return this.engine.snapshotAt(at);
  }

  get history(): number {
    return this.engine.history;
  }

  flush(): void {
    this.engine.flush();
  }

  compact(all?: boolean): Promise<void> {
    return this.engine.compact(all);
  }

  rewrite(trees: readonly Tree[]): Promise<void> {
    return this.engine.rewrite(trees);
  }

  stats(): EngineStats {
    return this.engine.stats();
  }

  memoryMap(): readonly FrameState[] {
    return this.engine.memoryMap();
  }

  backup(directory: string, options?: BackupOptions): Promise<BackupSummary> {
    return this.engine.backup(directory, options);
  }

  close(): Promise<void> {
    return this.engine.close();
  }

  closeSync(): void {
    this.engine.closeSync();
  }

  private changesOf(batch: WriteBatch): Changes<string> {
    const { bytes, at } = (batch as Batch).writer;
    const names = new Map([...this.engine.trees.values()].map(({ id, name }) => [id, name]));
    const changes = new Map<string, string | null>();
    const reader = new BatchReader();
    reader.open(bytes, 0, at);
    while (reader.next()) {
      const key = entryKey(names.get(reader.tree)!, bytes.toString('latin1', reader.keyStart, reader.keyEnd));
      changes.set(key, reader.deleted ? null : bytes.toString('latin1', reader.valueStart, reader.valueEnd));
    }
    return changes;
  }
}

class RecordedLoad implements BulkLoad {
  private readonly load: BulkLoad;
  private readonly parts = new Set<BulkPart>();

  constructor(
    private readonly engine: Engine,
    private readonly listener: Listener,
  ) {
    this.load = engine.bulkLoad();
  }

  get byteLength(): number {
    return this.load.byteLength;
  }

  part(tree: Tree): BulkPart {
    const part = this.load.part(tree);
    this.parts.add(part);
    return part;
  }

  beginPut(tree: Tree, key: Uint8Array, keyEnd: number): ByteWriter {
    this.part(tree);
    return this.load.beginPut(tree, key, keyEnd);
  }

  endPut(): void {
    this.load.endPut();
  }

  onDuplicate(tree: Tree, found: (first: number, second: number) => void): void {
    this.load.onDuplicate(tree, found);
  }

  prepare(fresh?: readonly BulkPart[]): Promise<void> {
    return this.load.prepare(fresh);
  }

  async finish(): Promise<void> {
    await this.prepare();
    this.finishSync();
  }

  finishSync(): void {
    const before = this.engine.sequence;
    const changes = this.changes();
    try {
      this.load.finishSync();
    } catch (error) {
      // The edit that would have installed it may be on the disk, all the same.
      // Behind a mark of the history, where one was due.
      const sequence = this.engine.sequence + 1;
      this.listener.committed(sequence, changes);
      this.listener.refused(sequence, error);
      throw error;
    }
    if (this.engine.sequence === before) return;
    this.listener.committed(this.engine.sequence, changes);
    this.listener.acknowledged(this.engine.sequence);
  }

  abort(): void {
    this.load.abort();
  }

  private changes(): Changes<string> {
    const changes = new Map<string, string>();
    const [key, value] = [new ByteSpan(), new ByteSpan()];
    for (const part of this.parts) {
      for (let i = 0; i < part.count; i++) {
        part.read(i, key, value);
        changes.set(entryKey(part.tree.name, textOf(key)), textOf(value));
      }
    }
    return changes;
  }
}

/** Bytes as latin1. */
export function textOf({ bytes, start, end }: ByteSpan): string {
  return bytes.toString('latin1', start, end);
}
