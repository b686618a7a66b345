// Trees whose entries are found by walking get no filters: in flushed tables, loads and merges, also after reopening.
import { beforeAll, expect, test } from 'vitest';
import { ByteSpan } from '../../runtime/bytes/writer.js';
import { loadXxh3 } from '../../runtime/bytes/xxh3.js';
import type { Engine } from '../../runtime/engine/index.js';
import { openEngineSync } from '../../runtime/engine/open.js';
import { readProperties } from '../../runtime/engine/table/reader.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { bytes } from './model.js';

beforeAll(loadXxh3);

const open = (vfs: MemoryVfs): Engine => openEngineSync({ vfs, path: '/db', memory: 1 << 20, compaction: 'manual' });

/** Probes of the filters of all tables, by the names of their trees. */
function probes(vfs: MemoryVfs): string[] {
  const tables = vfs.list('/db').filter((name) => name.endsWith('.table'));
  return tables
    .map((name) => readProperties(vfs, `/db/${name}`))
    .map(({ treeName, probes: count }) => `${treeName} ${count}`);
}

function put(engine: Engine, key: string): void {
  const batch = engine.createBatch();
  for (const name of ['walked', 'asked']) batch.put(engine.trees.get(name)!, bytes(key), key.length, bytes('v'), 0, 1);
  engine.writeSync(batch);
}

test('they have none, and are read all the same', async () => {
  const vfs = new MemoryVfs();
  let engine = open(vfs);
  engine.openTree('walked', { keySize: null, walked: true });
  engine.openTree('asked', { keySize: null });
  put(engine, 'a');
  engine.flush();
  const load = engine.bulkLoad();
  load.beginPut(engine.trees.get('walked')!, bytes('b'), 1).append(bytes('w'));
  load.endPut();
  load.finishSync();
  expect(probes(vfs)).toEqual(['walked 0', 'asked 10', 'walked 0']);
  await engine.close();

  engine = open(vfs);
  // Told anew, as by a release that doesn't know of it, and by one that does.
  engine.openTree('walked', { keySize: null });
  put(engine, 'c');
  await engine.compact(true);
  expect(probes(vfs).sort()).toEqual(['asked 10', 'walked 0']);
  const tree = engine.trees.get('walked')!;
  for (const key of ['a', 'b', 'c']) expect(tree.get(bytes(key), 1, new ByteSpan())).toBe(true);
  expect(tree.get(bytes('d'), 1, new ByteSpan())).toBe(false);
  await engine.close();
});

test('a tree that was asked is made one that is walked', async () => {
  const vfs = new MemoryVfs();
  const engine = open(vfs);
  engine.openTree('walked', { keySize: null });
  engine.openTree('asked', { keySize: null });
  put(engine, 'a');
  engine.flush();
  engine.openTree('walked', { keySize: null, walked: true });
  await engine.compact(true);
  expect(probes(vfs).sort()).toEqual(['asked 10', 'walked 0']);
  await engine.close();
});
