// Going back loses nothing: what a migration dropped or overwrote on its way stands in its archive, and comes back unless the
// user has changed what it became.
//
// For a row c of today and the row a that it once was, with `there` the way we go and `back` the other one:
//
//   d = there(c)          what the steps make of today's row
//   r = there(back(a))    what they make of the archived one, had nobody touched it
//
// Field by field: where d and r are equal, nobody has changed what the field comes from, and a has the true value; else d has.
import { isDeepStrictEqual } from 'node:util';
import { ByteSpan, ByteWriter } from '../bytes/writer.js';
import { interpretEntity, type PlainEntity } from '../codec/interpret-entity.js';
import type { PlainRow } from '../codec/interpret-record.js';
import type { Tree } from '../engine/api.js';
import type { RowConverter } from './convert.js';
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
    private readonly after: EntitySnapshot,
    private readonly there: RowConverter,
    private readonly back: RowConverter,
  ) {
    this.entity = interpretEntity(after.model);
  }

  /** @param key of today's row, encoded */
  convert(row: PlainRow, key: Uint8Array): PlainRow {
    const made = this.there.convert(row);
    const archived = this.archivedRow(made, key);
    if (archived === null) return made;
    const untouched = this.there.convert(this.back.convert(archived));
    const restored: PlainRow = {};
    for (const { name } of this.after.model.fields) {
      restored[name] = isDeepStrictEqual(made[name], untouched[name]) ? archived[name] : made[name];
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
