// Puts and deletes of abstract-level, written straight into a batch of the engine.
import { ByteWriter } from '../bytes/writer.js';
import type { Engine, Tree, WriteBatch } from '../engine/index.js';
import { appendData, type Data } from './data.js';

/** An element of `db.batch([...])` as abstract-level hands it down. */
export interface Operation {
  readonly type: 'put' | 'del';
  readonly key: Data;
  readonly value: Data;
}

export interface WriteOptions {
  /** Resolve only once the write is on the disk (fdatasync), whatever durability the database was opened with. */
  readonly sync?: boolean | undefined;
}

/** Size in bytes of a batch that is thrown away after use, so that one large write does not hold its memory for ever. */
const KEPT_BATCH_BYTES = 1024 * 1024;

/** A batch over the one tree. It is free again as soon as `write` returns, for the engine has copied it by then. */
export class Operations {
  private batch: WriteBatch;
  private readonly key = new ByteWriter(256);

  constructor(
    private readonly engine: Engine,
    private readonly tree: Tree,
  ) {
    this.batch = engine.createBatch();
  }

  get byteLength(): number {
    return this.batch.byteLength;
  }

  put(key: Data, value: Data): void {
    this.encodeKey(key);
    appendData(this.batch.beginPut(this.tree, this.key.bytes, this.key.at), value);
    this.batch.endPut();
  }

  del(key: Data): void {
    this.encodeKey(key);
    this.batch.delete(this.tree, this.key.bytes, this.key.at);
  }

  /** Deletes `bytes[start, end)`. */
  delBytes(bytes: Uint8Array, start: number, end: number): void {
    this.key.at = 0;
    this.key.append(bytes, start, end);
    this.batch.delete(this.tree, this.key.bytes, this.key.at);
  }

  clear(): void {
    this.batch.clear();
  }

  write(options: WriteOptions): Promise<void> {
    const { batch } = this;
    const done = this.engine.write(batch, options.sync === true ? 'commit' : undefined);
    if (batch.byteLength > KEPT_BATCH_BYTES) this.batch = this.engine.createBatch();
    else batch.clear();
    return done;
  }

  private encodeKey(key: Data): void {
    this.key.at = 0;
    appendData(this.key, key);
  }
}
