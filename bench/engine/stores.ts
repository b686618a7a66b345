// The contestants: the engine of this project, LMDB (lmdb) and LevelDB (classic-level), each by its fastest documented calls.
import { ClassicLevel } from 'classic-level';
import { open as openLmdb, type RootDatabase } from 'lmdb';
import { ByteSpan } from '../../runtime/bytes/writer.js';
import { type Engine, openEngine, type Tree, type WriteBatch } from '../../runtime/engine/index.js';
import { NodeVfs } from '../../runtime/vfs/node.js';
import { KEY_BYTES, type PairStore, type Pairs, type Sync } from './store.js';

export class QuantaStore implements PairStore {
  readonly name = 'quantadb';
  engine!: Engine;
  private tree!: Tree;
  private batch!: WriteBatch;
  private readonly span = new ByteSpan();

  async open(path: string, sync: Sync): Promise<void> {
    this.engine = await openEngine({
      vfs: new NodeVfs(),
      path,
      durability: sync === 'os' ? 'os' : 'commit',
      memory: 512e6,
    });
    this.tree = this.engine.openTree('pairs', { keySize: KEY_BYTES });
    this.batch = this.engine.createBatch();
  }

  async bulk({ keys, values }: Pairs): Promise<void> {
    const load = this.engine.bulkLoad();
    for (let i = 0; i < keys.length; i++) {
      load.beginPut(this.tree, keys[i]!, KEY_BYTES).append(values[i]!);
      load.endPut();
    }
    await load.finish();
  }

  get(key: Buffer): number {
    return this.tree.get(key, KEY_BYTES, this.span) ? this.span.end - this.span.start : -1;
  }

  async scan(): Promise<number> {
    const cursor = this.tree.cursor();
    let bytes = 0;
    while (cursor.next()) bytes += cursor.value.end - cursor.value.start;
    cursor.close();
    return bytes;
  }

  put(key: Buffer, value: Buffer): void {
    this.engine.writeSync(this.filled(key, value));
  }

  async putAll(keys: readonly Buffer[], value: Buffer): Promise<void> {
    await Promise.all(keys.map((key) => this.engine.write(this.filled(key, value))));
  }

  async close(): Promise<void> {
    await this.engine.close();
  }

  private filled(key: Buffer, value: Buffer): WriteBatch {
    this.batch.clear();
    this.batch.put(this.tree, key, KEY_BYTES, value, 0, value.length);
    return this.batch;
  }
}

export class LmdbStore implements PairStore {
  readonly name = 'lmdb';
  private db!: RootDatabase<Buffer, Buffer>;

  async open(path: string, sync: Sync): Promise<void> {
    this.db = openLmdb<Buffer, Buffer>({
      path,
      keyEncoding: 'binary',
      encoding: 'binary',
      noSync: sync === 'os',
      overlappingSync: false,
      mapSize: 4e9,
    });
  }

  async bulk({ keys, values }: Pairs): Promise<void> {
    this.db.transactionSync(() => {
      for (let i = 0; i < keys.length; i++) this.db.putSync(keys[i]!, values[i]!);
    });
    await this.db.flushed;
  }

  get(key: Buffer): number {
    return this.db.getBinaryFast(key)?.length ?? -1;
  }

  async scan(): Promise<number> {
    let bytes = 0;
    for (const { value } of this.db.getRange()) bytes += value.length;
    return bytes;
  }

  put(key: Buffer, value: Buffer): void {
    this.db.putSync(key, value);
  }

  async putAll(keys: readonly Buffer[], value: Buffer): Promise<void> {
    await Promise.all(keys.map((key) => this.db.put(key, value)));
  }

  async close(): Promise<void> {
    await this.db.close();
  }
}

export class LevelStore implements PairStore {
  readonly name = 'classic-level';
  private db!: ClassicLevel<Buffer, Buffer>;
  private sync = false;

  async open(path: string, sync: Sync): Promise<void> {
    this.sync = sync === 'disk';
    const encodings = { keyEncoding: 'buffer', valueEncoding: 'buffer' } as const;
    this.db = new ClassicLevel<Buffer, Buffer>(path, { ...encodings, compression: false, cacheSize: 512e6 });
    await this.db.open();
  }

  async bulk({ keys, values }: Pairs): Promise<void> {
    for (let start = 0; start < keys.length; start += 1000) {
      const part = keys.slice(start, start + 1000);
      const last = start + 1000 >= keys.length;
      await this.db.batch(
        part.map((key, i) => ({ type: 'put', key, value: values[start + i]! })),
        { sync: last },
      );
    }
  }

  get(key: Buffer): number {
    return this.db.getSync(key)?.length ?? -1;
  }

  async scan(): Promise<number> {
    const iterator = this.db.iterator();
    let bytes = 0;
    for (let part = await iterator.nextv(1000); part.length > 0; part = await iterator.nextv(1000)) {
      for (const [, value] of part) bytes += value.length;
    }
    await iterator.close();
    return bytes;
  }

  put(key: Buffer, value: Buffer): Promise<void> {
    return this.db.put(key, value, { sync: this.sync });
  }

  async putAll(keys: readonly Buffer[], value: Buffer): Promise<void> {
    await Promise.all(keys.map((key) => this.db.put(key, value, { sync: this.sync })));
  }

  async close(): Promise<void> {
    await this.db.close();
  }
}

export const STORES: readonly (new () => PairStore)[] = [QuantaStore, LmdbStore, LevelStore];
