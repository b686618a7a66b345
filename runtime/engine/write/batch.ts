// A batch of changes: what one commit is made of, in the very bytes that the log stores.
//
//   put     [ 1 | tree: varint | key length: varint | key | value length: u32 le | value ]
//   delete  [ 0 | tree: varint | key length: varint | key ]
//
// The log record of a batch is its operations one behind the other; its sequence number is the record's. The value's length
// has a fixed width because the caller appends the value before anyone knows it.
import { putVarint, readVarint, VARINT_END } from '../../bytes/varint.js';
import { ByteWriter } from '../../bytes/writer.js';
import { LimitError } from '../../errors.js';
import type { Tree, WriteBatch } from '../api.js';
import { MAX_BATCH_BYTES, MAX_KEY_BYTES, MAX_VALUE_BYTES } from '../limits.js';

const DELETE = 0;
const PUT = 1;
/** Kind, two varints of at most five bytes, length of the value. */
const MAX_HEADER_BYTES = 15;

/** An operation that passes a limit throws LimitError (QDB4050) and leaves the batch as it was. */
export class Batch implements WriteBatch {
  readonly writer = new ByteWriter(256);
  count = 0;
  /** Those that the operations name. */
  readonly trees: Tree[] = [];
  /** What the last operation names, where it begins, and its value. */
  private tree: Tree | null = null;
  private startedAt = 0;
  private valueAt = 0;

  get byteLength(): number {
    return this.writer.at;
  }

  put(tree: Tree, key: Uint8Array, keyEnd: number, value: Uint8Array, valueStart: number, valueEnd: number): void {
    this.beginPut(tree, key, keyEnd).append(value, valueStart, valueEnd);
    this.endPut();
  }

  beginPut(tree: Tree, key: Uint8Array, keyEnd: number): ByteWriter {
    const { writer } = this;
    this.begin(PUT, tree, key, keyEnd);
    this.valueAt = writer.at += 4;
    return writer;
  }

  endPut(): void {
    const { writer, valueAt } = this;
    const length = writer.at - valueAt;
    if (length > MAX_VALUE_BYTES) {
      writer.at = this.startedAt;
      throw new LimitError('QDB4050', `A value of ${length} bytes is over the limit of ${MAX_VALUE_BYTES}.`);
    }
    writer.view.setUint32(valueAt - 4, length, true);
    this.finish();
  }

  delete(tree: Tree, key: Uint8Array, keyEnd: number): void {
    this.begin(DELETE, tree, key, keyEnd);
    this.finish();
  }

  clear(): void {
    this.writer.at = 0;
    this.count = 0;
    this.trees.length = 0;
  }

  private begin(kind: number, tree: Tree, key: Uint8Array, keyEnd: number): void {
    checkKey(tree, keyEnd);
    this.tree = tree;
    const { writer } = this;
    this.startedAt = writer.at;
    writer.ensure(MAX_HEADER_BYTES + keyEnd);
    const { bytes } = writer;
    bytes[writer.at] = kind;
    writer.at = putVarint(bytes, putVarint(bytes, writer.at + 1, tree.id), keyEnd);
    writer.append(key, 0, keyEnd);
    writer.ensure(4);
  }

  private finish(): void {
    if (this.writer.at > MAX_BATCH_BYTES) {
      this.writer.at = this.startedAt;
      throw new LimitError('QDB4050', `A batch of over ${MAX_BATCH_BYTES} bytes can't be written: commit in parts.`);
    }
    if (!this.trees.includes(this.tree!)) this.trees.push(this.tree!);
    this.count++;
  }
}

/** Throws LimitError unless a key of that length may stand in the tree. */
export function checkKey(tree: Tree, keyEnd: number): void {
  if (tree.keySize !== null && keyEnd !== tree.keySize) {
    throw new LimitError('QDB4050', `Keys of tree "${tree.name}" have ${tree.keySize} bytes; this one has ${keyEnd}.`);
  }
  if (keyEnd > MAX_KEY_BYTES) {
    throw new LimitError(
      'QDB4050',
      `A key of ${keyEnd} bytes is over the limit of ${MAX_KEY_BYTES} (tree "${tree.name}").`,
    );
  }
}

/** Walks the operations of a batch, or of its log record. After `next` the fields describe one operation. */
export class BatchReader {
  tree = 0;
  deleted = false;
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  private at = 0;
  private end = 0;
  private bytes: Buffer = Buffer.alloc(0);

  open(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  next(): boolean {
    const { bytes, end } = this;
    if (this.at >= end) return false;
    this.deleted = bytes[this.at] === DELETE;
    this.tree = readVarint(bytes, this.at + 1, end);
    const keyLength = readVarint(bytes, VARINT_END, end);
    this.keyStart = VARINT_END;
    this.keyEnd = this.keyStart + keyLength;
    this.valueStart = this.keyEnd;
    this.valueEnd = this.keyEnd;
    if (!this.deleted) {
      this.valueStart = this.keyEnd + 4;
      this.valueEnd = this.valueStart + bytes.readUInt32LE(this.keyEnd);
    }
    this.at = this.valueEnd;
    return true;
  }
}
