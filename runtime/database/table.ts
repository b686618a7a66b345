// One entity of an open database: its generated code, its trees and the buffers that its reads and writes share.
import { ByteSpan, ByteWriter } from '../bytes/writer.js';
import { type EntityRuntime, withLayout } from '../codec/codec.js';
import { columnsOf } from '../codec/columns.js';
import { keyParts } from '../codec/key-parts.js';
import { FIRST_LAYOUT, layoutRecord } from '../codec/layout.js';
import type { Engine, Tree } from '../engine/api.js';
import { retains } from '../query/retention.js';
import type { Table } from '../query/table.js';
import type { View } from '../query/view.js';
import type { DroppedFields } from './dropped-fields.js';
import type { Clock } from './expiry.js';
import { writeGivenKey } from './given-key.js';
import { IndexUpkeep } from './index-upkeep.js';
import { AutoIncrement, generatorOf, type KeyGenerator, largestKey, type RandomSource } from './key-generator.js';

export class EntityTable<Row, Key, Input> implements Table<Row, Key> {
  readonly entity: EntityRuntime<Row, Key, Input>;
  readonly tree: Tree;
  readonly indexes: readonly IndexUpkeep<Row>[];
  readonly generator: KeyGenerator | null;
  /** Whether a row may be stored; null where any may. Storing one that may not deletes it. */
  readonly retains: ((row: Row) => boolean) | null;
  /** Encoded key of the row at hand; see {@link writeKey}. */
  readonly key = new ByteWriter(64);
  /** Where reads of this table leave what they found. */
  readonly found = new ByteSpan();
  /** What is to be done before a row is overwritten; null nearly always. */
  dropped: DroppedFields | null = null;
  private readonly clock: Clock;
  private readonly keyField: string;

  constructor(
    entity: EntityRuntime<Row, Key, Input>,
    engine: Pick<Engine, 'openTree' | 'trees'>,
    stored: number | bigint | null,
    clock: Clock,
    random: RandomSource,
  ) {
    const { model, key, indexes } = entity;
    const number = engine.trees.get(model.storedName)?.lead ?? FIRST_LAYOUT;
    this.entity = withLayout(entity, number);
    this.clock = clock;
    this.keyField = model.key.fields[0]!;
    const columns = columnsOf(layoutRecord(model), number);
    this.tree = engine.openTree(model.storedName, {
      keySize: key.size,
      parts: keyParts(model, model.key.fields),
      ...(columns === undefined ? {} : { columns }),
    });
    this.indexes = model.indexes.map((index, i) => {
      const codec = indexes[i]!;
      const tree = engine.openTree(`${model.storedName}/${index.name}`, {
        keySize: entrySize(codec, key.size),
        parts: keyParts(model, index.fields),
        ...(index.unique ? {} : { walked: true as const }),
      });
      return new IndexUpkeep(index, codec, tree, key.size, model.ttl?.field ?? null);
    });
    this.retains = model.retainWhile === undefined ? null : retains<Row>(model.retainWhile);
    this.generator = generatorOf(model, stored, random);
    if (this.generator instanceof AutoIncrement) this.observeLargestKey(this.generator);
  }

  /** The counter starts behind the largest key there is; NaN and infinities, which sort last, are passed over. */
  private observeLargestKey(counter: AutoIncrement): void {
    const { model, key } = this.entity;
    const { type } = model.fields.find((field) => field.name === this.keyField)!;
    const most = largestKey(type);
    this.key.at = 0;
    if (most !== null) key.writeColumn(0, most, this.key);
    const lte = Buffer.from(this.key.bytes.subarray(0, this.key.at));
    const cursor = this.tree.cursor(most === null ? {} : { lte }, { reverse: true });
    try {
      if (cursor.next()) counter.observe(key.read(cursor.key.bytes, cursor.key.start, cursor.key.end));
    } finally {
      cursor.close();
    }
  }

  /** A checked, complete row of what put() was given. Throws ValidationError. */
  create(input: Input): Row {
    const { generator } = this;
    const now = this.clock();
    if (generator === null) return this.entity.create(input, now);
    const given = (input as Record<string, unknown> | null | undefined)?.[this.keyField];
    if (given === undefined) return this.entity.create(input, now, generator.next(now) as Key);
    const row = this.entity.create(input, now);
    generator.observe(given);
    return row;
  }

  /** The same of values that have their key: rows that were read and changed. */
  recreate(input: Input): Row {
    return this.entity.create(input, this.clock());
  }

  /** Encodes the key of a row into `this.key`; returns its end. */
  writeKey(key: Key): number {
    this.key.at = 0;
    this.entity.key.write(key, this.key);
    return this.key.at;
  }

  /** Encodes a key that a caller gave into `this.key`; false when no row can have it. Throws ValidationError. */
  writeGivenKey(key: Key): boolean {
    this.key.at = 0;
    return writeGivenKey(this.entity, key, this.key);
  }

  /** The row with that key, as `view` shows it; `this.key` holds the key then. Throws ValidationError. */
  read(view: View, key: Key): Row | undefined {
    if (!this.writeGivenKey(key)) return undefined;
    if (!view.get(this.tree, this.key.bytes, this.key.at, this.found)) return undefined;
    return this.entity.row.decode(this.found, key);
  }
}

/** Size of an index's keys where columns and primary key are fixed; an exempt entry of a unique index is longer than others. */
function entrySize(
  codec: { readonly size: number | null; readonly unique: boolean },
  keySize: number | null,
): number | null {
  if (codec.size === null) return null;
  if (codec.unique) return codec.size;
  return keySize === null ? null : codec.size + keySize;
}
