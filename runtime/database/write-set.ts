// Writes that are not in the engine yet: what a transaction, or a chunk of rows, has changed so far. Kept per tree by key, so
// that it can be read back (overlay.ts), compared with what others read (read-set.ts) and poured into one batch.
import { ByteSpan, ByteWriter } from '../bytes/writer.js';
import type { Tree, WriteBatch } from '../engine/api.js';

/** What changes are written to: an engine's batch, or a write set. */
export type ChangeSink = Pick<WriteBatch, 'put' | 'beginPut' | 'endPut' | 'delete'>;

/** Marks an entry that deletes its key. */
const DELETED = -1;

/** The changes of one tree. Keys are latin1 strings, a character a byte: they hash natively, and `<` on them is byte order. */
export class TreeWrites {
  readonly tree: Tree;
  /** Where the value stands in the write set's arena; `start` is DELETED for a deletion. */
  private readonly entries = new Map<string, { readonly start: number; readonly end: number }>();
  private order: readonly string[] | null = null;
  private readonly arena: ByteWriter;

  constructor(tree: Tree, arena: ByteWriter) {
    this.tree = tree;
    this.arena = arena;
  }

  set(key: string, start: number, end: number): void {
    if (!this.entries.has(key)) this.order = null;
    this.entries.set(key, { start, end });
  }

  delete(key: string): void {
    this.set(key, DELETED, DELETED);
  }

  get size(): number {
    return this.entries.size;
  }

  has(key: string): boolean {
    return this.entries.has(key);
  }

  /** Undefined where nothing was written; false for a deletion; true when `into` was set to the value. */
  read(key: string, into: ByteSpan): boolean | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.start === DELETED) return false;
    into.bytes = this.arena.bytes;
    into.view = this.arena.view;
    into.start = entry.start;
    into.end = entry.end;
    return true;
  }

  /** In byte order. */
  keys(): readonly string[] {
    this.order ??= [...this.entries.keys()].sort();
    return this.order;
  }
}

export class WriteSet implements ChangeSink {
  readonly trees = new Map<Tree, TreeWrites>();
  private readonly arena = new ByteWriter(1024);
  private target: { readonly writes: TreeWrites; readonly key: string; readonly start: number } | null = null;

  get isEmpty(): boolean {
    return this.trees.size === 0;
  }

  put(tree: Tree, key: Uint8Array, keyEnd: number, value: Uint8Array, valueStart: number, valueEnd: number): void {
    const start = this.arena.at;
    this.arena.append(value, valueStart, valueEnd);
    this.of(tree).set(keyText(key, 0, keyEnd), start, this.arena.at);
  }

  beginPut(tree: Tree, key: Uint8Array, keyEnd: number): ByteWriter {
    this.target = { writes: this.of(tree), key: keyText(key, 0, keyEnd), start: this.arena.at };
    return this.arena;
  }

  endPut(): void {
    const { writes, key, start } = this.target!;
    writes.set(key, start, this.arena.at);
    this.target = null;
  }

  delete(tree: Tree, key: Uint8Array, keyEnd: number): void {
    this.of(tree).delete(keyText(key, 0, keyEnd));
  }

  private of(tree: Tree): TreeWrites {
    let writes = this.trees.get(tree);
    if (writes === undefined) {
      writes = new TreeWrites(tree, this.arena);
      this.trees.set(tree, writes);
    }
    return writes;
  }

  /** Writes everything to `sink`: into the batch that commits it, or into the write set around this one. */
  pourInto(sink: ChangeSink): void {
    const key = POURED_KEY;
    const value = new ByteSpan();
    for (const [tree, writes] of this.trees) {
      for (const text of writes.keys()) {
        key.at = 0;
        key.ensure(text.length);
        const end = key.bytes.write(text, 0, 'latin1');
        if (writes.read(text, value)) sink.put(tree, key.bytes, end, value.bytes, value.start, value.end);
        else sink.delete(tree, key.bytes, end);
      }
    }
  }
}

/** Pouring ends before another begins. */
const POURED_KEY = new ByteWriter(64);

/** The bytes as a latin1 string. */
export function keyText(bytes: Uint8Array, start: number, end: number): string {
  return bytes instanceof Buffer
    ? bytes.toString('latin1', start, end)
    : Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}
