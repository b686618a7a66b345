// Going back loses nothing: what a migration dropped or overwrote on its way stands in its archive, and comes back unless the
// user has changed what it became.
//
// For a row c of today and the row a that it once was, with `there` the way we go and `back` the other one:
//
//   d = there(c)          what the steps make of today's row
//   r = there(back(a))    what they make of the archived one, had nobody touched it
//
// Where back(a) is c, nobody has changed the row, and a is what it was. Otherwise field by field: where d and r are equal, nobody has
// changed what the field comes from, and a has the true value; else d has. A function that gives something else at each call (a random
// token, the time) tells nothing by that, so it is asked a second time for c: where its two answers differ, a has the value.
import { isDeepStrictEqual } from 'node:util';
import { ByteSpan, ByteWriter } from '../bytes/writer.js';
import type { PlainEntity } from '../codec/interpret-entity.js';
import type { PlainRow } from '../codec/interpret-record.js';
import type { Tree } from '../engine/api.js';
import type { RowConverter } from './convert.js';
import { entityOf } from './rows.js';
import type { EntitySnapshot } from './snapshot.js';

export interface Archive {
  /** Rows of the version that we go to. */
  readonly rows: Tree;
  /** Where keys differ between the versions: today's key to the archived one. */
  readonly keys: Tree | null;
}

export class Restorer {
  private readonly entity: PlainEntity;
  private readonly key = new ByteWriter(64);
  private readonly found = new ByteSpan();

  constructor(
    private readonly archive: Archive,
    private readonly before: EntitySnapshot,
    private readonly after: EntitySnapshot,
    private readonly there: RowConverter,
    private readonly back: RowConverter,
  ) {
    this.entity = entityOf(archive.rows, after.model);
  }

  /** @param key of today's row, encoded */
  convert(row: PlainRow, key: Uint8Array): PlainRow {
    const made = this.there.convert(row);
    const archived = this.archivedRow(made, key);
    if (archived === null) return made;
    const back = this.back.convert(archived);
    if (this.before.model.fields.every(({ name }) => isDeepStrictEqual(row[name], back[name]))) return archived;
    const untouched = this.there.convert(back);
    const restored: PlainRow = {};
    let again: PlainRow | null = null;
    for (const { name } of this.after.model.fields) {
      let isArchived = isDeepStrictEqual(made[name], untouched[name]);
      if (!isArchived && Object.hasOwn(archived, name)) {
        again ??= this.there.convert(row);
        isArchived = !isDeepStrictEqual(made[name], again[name]);
      }
      restored[name] = isArchived ? archived[name] : made[name];
    }
    return restored;
  }

  private archivedRow(made: PlainRow, todaysKey: Uint8Array): PlainRow | null {
    const { archive, entity, key, found } = this;
    key.at = 0;
    if (archive.keys === null) entity.key.write(entity.keyOf(made), key);
    else {
      if (!archive.keys.get(todaysKey, todaysKey.length, found)) return null;
      key.append(found.bytes, found.start, found.end);
    }
    if (!archive.rows.get(key.bytes, key.at, found)) return null;
    return entity.row.decode(found, entity.key.read(key.bytes, 0, key.at));
  }
}
