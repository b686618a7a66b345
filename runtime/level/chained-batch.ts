// `db.batch().put(...).del(...).write()`: every call goes into the engine's batch at once.
import { AbstractChainedBatch } from 'abstract-level';
import type { Data } from './data.js';
import type { Operations, WriteOptions } from './operations.js';

export class QuantaChainedBatch<Db, K, V> extends AbstractChainedBatch<Db, K, V> {
  private readonly operations: Operations;

  constructor(db: Db, operations: Operations) {
    super(db);
    this.operations = operations;
  }

  /** @internal */
  _put(key: Data, value: Data): void {
    this.operations.put(key, value);
  }

  /** @internal */
  _del(key: Data): void {
    this.operations.del(key);
  }

  /** @internal */
  _clear(): void {
    this.operations.clear();
  }

  /** @internal */
  _write(options: WriteOptions): Promise<void> {
    return this.operations.write(options);
  }
}
