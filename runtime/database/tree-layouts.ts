// Which layouts the records of each tree may have, as $meta tells: `layouts/<tree>`, absent where all have the first one. Whoever opens
// an engine to read rows has it told first, and then sees rows of today only.
import type { ByteSpan } from '../bytes/writer.js';
import { RecordUpgrade, type TreeLayouts } from '../codec/layouts.js';
import type { Engine } from '../engine/api.js';

/** What the keys in $meta begin with. */
export const LAYOUTS_PREFIX = 'layouts/';
const META = '$meta';

/** By the names of trees, some of which may be gone. Of dropped fields, those that are wanted still. */
export function keptLayouts(engine: Pick<Engine, 'trees'>): ReadonlyMap<string, TreeLayouts> {
  const kept = new Map<string, TreeLayouts>();
  const first = Buffer.from(LAYOUTS_PREFIX);
  const cursor = engine.trees.get(META)?.cursor({ gte: first });
  try {
    while (cursor?.next() === true) {
      const name = textOf(cursor.key);
      if (!name.startsWith(LAYOUTS_PREFIX)) break;
      const layouts = JSON.parse(textOf(cursor.value)) as TreeLayouts;
      const drops = layouts.drops.filter(({ archive }) => engine.trees.has(archive));
      kept.set(name.slice(LAYOUTS_PREFIX.length), { ...layouts, drops });
    }
  } finally {
    cursor?.close();
  }
  return kept;
}

/** Tells the engine of all layouts, after its opening and after every migration; returns them. */
export function useLayouts(engine: Engine): ReadonlyMap<string, TreeLayouts> {
  const all = keptLayouts(engine);
  for (const [name, tree] of engine.trees) {
    const kept = all.get(name);
    if (kept !== undefined) tree.setLayouts(new RecordUpgrade(kept));
    else if (tree.lead !== null) tree.setLayouts(null);
  }
  return all;
}

function textOf({ bytes, start, end }: ByteSpan): string {
  return bytes.toString('utf8', start, end);
}
