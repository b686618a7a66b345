// The entries of one tree in a bulk load: collected in whatever order they come, written in the order of their keys.
import { compareBytes } from '../../bytes/compare.js';
import { type ByteSpan, ByteWriter } from '../../bytes/writer.js';
import { LimitError } from '../../errors.js';
import type { BulkPart, Tree } from '../api.js';
import { MAX_VALUE_BYTES } from '../limits.js';
import { sortKeysInSteps } from '../memtable/sort.js';
import { run } from '../pace.js';
import { SPOT_WORDS } from '../table/sorted-entries.js';
import type { EngineTree } from '../tree.js';
import { checkKey } from './batch.js';
import { PartWriter } from './part-writer.js';
import type { TableOutput } from './table-output.js';

// The first of everything is small: so what grows it has run before the compiler judges which paths are never taken.
const FIRST_ROWS = 64;
const FIRST_BYTES = 4 * 1024;
/** Values are collected in chunks that grow to about this size: a single arena would be copied, its memory touched anew, at each doubling. */
const CHUNK_BYTES = 1024 * 1024;
/** Room in a chunk for the value that fills it. */
const CHUNK_SLACK_BYTES = 16 * 1024;

/** Keys that are looked for in one step. */
const LOOK_KEYS = 256;

/** Keys stand one behind the other, so that sorting walks through them; values stand in chunks. */
export class LoadPart implements BulkPart {
  count = 0;
  onDuplicate: ((first: number, second: number) => void) | null = null;
  readonly keys = new ByteWriter(FIRST_BYTES);
  /** Where key i begins; key i - 1 ends there. */
  private keyStarts = new Int32Array(FIRST_ROWS);
  private chunkBytes = FIRST_BYTES;
  private values = new ByteWriter(FIRST_BYTES + CHUNK_SLACK_BYTES);
  private readonly chunks: ByteWriter[] = [this.values];
  private spots = new Int32Array(FIRST_ROWS * SPOT_WORDS);
  /** Bytes of values in all chunks but the last. */
  private fullBytes = 0;
  /** As long as every key was greater than the one before: nothing to sort. */
  private ascends = true;
  /** Whether a key was given twice; known once sorted. */
  hasDuplicates = false;
  /** See {@link look}. */
  stored = -1;
  /** The tree's count of changes when the keys were looked for. */
  private lookedAt = -1;
  /** Numbers of the entries in key order, once sorted. */
  private order: Int32Array | null = null;

  constructor(readonly tree: Tree) {}

  /** Bytes of keys and values. */
  get byteLength(): number {
    return this.keys.at + this.fullBytes + this.values.at;
  }

  begin(): ByteWriter {
    const { count, keys, keyStarts } = this;
    const start = keyStarts[count]!;
    const end = keys.at;
    if (end - start !== this.tree.keySize) this.checkVarying(start, end);
    if (this.ascends && count > 0) {
      this.ascends = compareBytes(keys.bytes, keyStarts[count - 1]!, start, keys.bytes, start, end) < 0;
    }
    keyStarts[count + 1] = end;
    if (this.values.at >= this.chunkBytes) this.addChunk();
    const spot = count * SPOT_WORDS;
    this.spots[spot] = this.chunks.length - 1;
    this.spots[spot + 1] = this.values.at;
    return this.values;
  }

  end(): void {
    const spot = this.count * SPOT_WORDS;
    const length = this.values.at - this.spots[spot + 1]!;
    if (length > MAX_VALUE_BYTES) {
      this.values.at = this.spots[spot + 1]!;
      this.keys.at = this.keyStarts[this.count]!;
      throw new LimitError('QDB4050', `A value of ${length} bytes is over the limit of ${MAX_VALUE_BYTES}.`);
    }
    this.spots[spot + 2] = this.values.at;
    this.count++;
    if (this.count + 1 === this.keyStarts.length) this.growRows();
  }

  read(i: number, key: ByteSpan, value: ByteSpan): void {
    const { keys, keyStarts, spots } = this;
    const chunk = this.chunks[spots[i * SPOT_WORDS]!]!;
    key.bytes = keys.bytes;
    key.view = keys.view;
    key.start = keyStarts[i]!;
    key.end = keyStarts[i + 1]!;
    value.bytes = chunk.bytes;
    value.view = chunk.view;
    value.start = spots[i * SPOT_WORDS + 1]!;
    value.end = spots[i * SPOT_WORDS + 2]!;
  }

  firstStored(): number {
    run(this.look());
    return this.stored;
  }

  /** Looks for a key that is stored and leaves its number in `stored`, -1 without one. Takes no step where nothing changed since. */
  *look(): Generator<void> {
    const { changes } = this.tree as EngineTree;
    if (this.lookedAt === changes) return;
    this.stored = -1;
    if (this.count > 0 && this.meetsTree()) {
      for (let from = 0; from < this.count && this.stored < 0; from += LOOK_KEYS) {
        this.lookUp(from, Math.min(from + LOOK_KEYS, this.count));
        yield;
      }
    }
    this.lookedAt = changes;
  }

  private lookUp(from: number, to: number): void {
    const { keys, keyStarts } = this;
    const start = keyStarts[from]!;
    const ends = keyStarts.slice(from + 1, to + 1);
    for (let i = 0; i < ends.length; i++) ends[i]! -= start;
    this.tree.getMany(keys.bytes.subarray(start), ends, to - from, (i) => {
      if (this.stored < 0) this.stored = from + i;
    });
  }

  /** Whether the tree holds a key between the part's least and greatest. */
  private meetsTree(): boolean {
    this.sort();
    const cursor = this.tree.cursor({ gte: this.smallest(), lte: this.largest() });
    try {
      return cursor.next();
    } finally {
      cursor.close();
    }
  }

  /** Orders the entries by their keys. */
  sort(): Int32Array {
    run(this.sortInSteps());
    return this.order!;
  }

  /** The same in steps. */
  *sortInSteps(): Generator<void> {
    const { count, keyStarts, keys } = this;
    if (this.order?.length === count) return;
    const order = new Int32Array(count);
    for (let i = 0; i < count; i++) order[i] = i;
    if (!this.ascends) {
      this.hasDuplicates = yield* sortKeysInSteps(keys.bytes, keyStarts, keyStarts.subarray(1), order);
    }
    this.order = order;
  }

  /** Throws LimitError when a key was given twice, after telling who asked to be told. */
  refuseDuplicates(): void {
    const { keyStarts, keys } = this;
    const order = this.sort();
    if (!this.hasDuplicates) return;
    const { bytes } = keys;
    let duplicates = 0;
    for (let i = 1; i < order.length; i++) {
      const first = order[i - 1]!;
      const second = order[i]!;
      const [start, end] = [keyStarts[second]!, keyStarts[second + 1]!];
      if (compareBytes(bytes, keyStarts[first]!, keyStarts[first + 1]!, bytes, start, end) !== 0) continue;
      duplicates++;
      this.onDuplicate?.(first, second);
    }
    throw new LimitError(
      'QDB4051',
      `A bulk load gives ${duplicates} keys of tree "${this.tree.name}" more than once. Nothing of it was written.`,
    );
  }

  smallest(): Uint8Array {
    return this.keyAt(this.sort()[0]!);
  }

  largest(): Uint8Array {
    return this.keyAt(this.sort()[this.count - 1]!);
  }

  /** Writes the entries in the order of their keys, as much at a time as its `step` is asked for. */
  writer(output: TableOutput): PartWriter {
    // Plain arrays: cutting a value out of a Buffer costs a call of its constructor.
    const chunks = this.chunks.map(({ bytes }) => plain(bytes));
    const entries = {
      order: this.sort(),
      keys: plain(this.keys.bytes),
      keyStarts: this.keyStarts,
      chunks,
      spots: this.spots,
    };
    return new PartWriter(entries, this.ascends, output);
  }

  private addChunk(): void {
    this.fullBytes += this.values.at;
    this.chunkBytes = Math.min(2 * this.chunkBytes, CHUNK_BYTES);
    this.values = new ByteWriter(this.chunkBytes + CHUNK_SLACK_BYTES);
    this.chunks.push(this.values);
  }

  private growRows(): void {
    this.keyStarts = grown(this.keyStarts);
    this.spots = grown(this.spots);
  }

  /** Keys that are not of the tree's size: fine where keys vary, up to a limit. Otherwise the key is taken back. */
  private checkVarying(start: number, end: number): void {
    try {
      checkKey(this.tree, end - start);
    } catch (error) {
      this.keys.at = start;
      throw error;
    }
  }

  private keyAt(row: number): Uint8Array {
    return this.keys.bytes.subarray(this.keyStarts[row]!, this.keyStarts[row + 1]!);
  }
}

function grown(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}

function plain({ buffer }: Buffer): Uint8Array {
  return new Uint8Array(buffer);
}
