// The doctor where the disk, the compression or the size of the database make it hard.
import { beforeAll, expect, test } from 'vitest';
import { loadXxh3 } from '../../runtime/bytes/xxh3.js';
import { diagnose, repair } from '../../runtime/database/doctor.js';
import { openEngine } from '../../runtime/engine/index.js';
import { QuantaError } from '../../runtime/errors.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { openGenerated } from '../support/database.js';
import { field, index, model } from '../support/entities.js';
import { FaultyVfs } from '../support/faulty-vfs.js';

beforeAll(() => loadXxh3());

const EVENT = model(
  'Event',
  [field('id', { kind: 'int32' }), field('code', { kind: 'string' }), field('value', { kind: 'int32' })],
  [index(['code'], { unique: true }), index(['value'])],
);
const COMPRESSIONS = ['none', 'zlib'] as const;

/** A closed database of so many rows, partly in tables and partly in the log. */
async function events(vfs: MemoryVfs | FaultyVfs, path: string, rows: number): Promise<void> {
  await using db = await openGenerated([EVENT], { vfs, path });
  const row = (id: number) => ({ id, code: `code ${id}`, value: id % 100 });
  await db.dao('Event').putMany(Array.from({ length: rows }, (_, id) => row(id)));
  db.dao('Event').putSync(row(rows));
}

/** Rewrites all tables with that compression, and takes one index entry out. */
async function rewritten(vfs: MemoryVfs, compression: (typeof COMPRESSIONS)[number], lost: boolean): Promise<void> {
  const engine = await openEngine({ vfs, path: 'db', compression });
  if (lost) {
    const tree = engine.trees.get('Event/value')!;
    const cursor = tree.cursor();
    cursor.next();
    const key = cursor.key.copy();
    cursor.close();
    const batch = engine.createBatch();
    batch.delete(tree, key, key.length);
    engine.writeSync(batch);
  }
  await engine.compact(true);
  await engine.close();
}

test.each(COMPRESSIONS)('tables with compression %s: healthy, with a fault, and repaired', async (compression) => {
  const vfs = new MemoryVfs();
  await events(vfs, 'db', 3_000);
  await rewritten(vfs, compression, false);
  expect(await diagnose(vfs, 'db')).toEqual({
    healthy: true,
    findings: [],
    entities: [{ name: 'Event', rows: 3_001 }],
  });
  await rewritten(vfs, compression, true);
  expect((await diagnose(vfs, 'db')).findings.map(({ code }) => code)).toEqual(['QDB4209']);
  await repair(vfs, 'db', 'saved');
  expect((await diagnose(vfs, 'saved')).findings).toEqual([]);
});

test('a call of the disk that fails is a finding or a typed error, whichever it is', async () => {
  const vfs = new FaultyVfs();
  await events(vfs, 'db', 300);
  const before = vfs.calls;
  await diagnose(vfs, 'db');
  const calls = vfs.calls - before;
  expect(calls).toBeGreaterThan(10);
  let told = 0;
  for (let failing = 0; failing < calls; failing++) {
    const first = vfs.calls;
    vfs.plan = ({ index }) => (index === first + failing ? 'EIO' : undefined);
    try {
      const { findings } = await diagnose(vfs, 'db');
      if (findings.length > 0) told++;
    } catch (error) {
      expect(error).toBeInstanceOf(QuantaError);
      told++;
    }
    expect(vfs.openFiles).toBe(0);
  }
  expect(told).toBeGreaterThan(calls / 3);
  vfs.plan = () => undefined;
  expect((await diagnose(vfs, 'db')).healthy).toBe(true);
});
