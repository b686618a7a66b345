// What rows still hold of fields that a migration has dropped without rewriting them: before such a row is overwritten, its record goes
// into the archive of that migration, where the way back looks for it. A row that is deleted needs none.
import { ByteSpan, ByteWriter } from '../bytes/writer.js';
import { RecordUpgrade, type TreeLayouts } from '../codec/layouts.js';
import type { Engine, Tree } from '../engine/api.js';
import type { View } from '../query/view.js';
import type { ChangeSink } from './write-set.js';

interface Archive {
  readonly tree: Tree;
  /** Layouts up to this number have the fields; archived records are of it. */
  readonly number: number;
  readonly upgrade: RecordUpgrade;
}

export class DroppedFields {
  private readonly found = new ByteSpan();
  private readonly made = new ByteWriter(256);

  /** Null where nothing was dropped, or nobody wants it any more. */
  static of(engine: Pick<Engine, 'trees'>, tree: Tree, kept: TreeLayouts | undefined): DroppedFields | null {
    const archives = (kept?.drops ?? []).flatMap(({ number, archive }): Archive[] => {
      const found = engine.trees.get(archive);
      return found === undefined ? [] : [{ tree: found, number, upgrade: new RecordUpgrade(kept!, number) }];
    });
    return archives.length === 0 ? null : new DroppedFields(tree, archives);
  }

  private constructor(
    private readonly tree: Tree,
    private readonly archives: readonly Archive[],
  ) {}

  /** Before the row with that key, as `view` shows it, is overwritten. A record that was archived already is archived once more. */
  keep(view: View, key: ByteWriter, sink: ChangeSink): void {
    const { tree, found } = this;
    if (!tree.holdsEarlier || !view.get(tree.stored, key.bytes, key.at, found)) return;
    this.keepRecord(key.bytes, key.at, found, sink);
  }

  /** @param record as it is stored */
  keepRecord(key: Uint8Array, keyEnd: number, record: ByteSpan, sink: Pick<ChangeSink, 'put'>): void {
    const { made } = this;
    for (const { tree, number, upgrade } of this.archives) {
      const own = record.bytes[record.start]!;
      if (own > number) continue;
      made.at = 0;
      if (own === number) made.append(record.bytes, record.start, record.end);
      else upgrade.upgrade(record, made);
      sink.put(tree, key, keyEnd, made.bytes, 0, made.at);
    }
  }
}
