// A snapshot held over many overwrites of few keys, shared by the quick and the deep test.
import { expect } from 'vitest';
import { ByteSpan } from '../../runtime/bytes/writer.js';
import { type Engine, openEngine, type Snapshot, type Tree } from '../../runtime/engine/index.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';

const KEYS = 5_000;
const VALUE_BYTES = 64;
const PER_BATCH = 500;

/** Overwrites in random order under a held snapshot, which must show every first value; then its space must come back. */
export async function holdOver(overwrites: number, random: () => number): Promise<void> {
  const engine = await openEngine({
    vfs: new MemoryVfs(),
    path: '/db',
    durability: 'os',
    memtableBytes: 256 * 1024,
    levelBytes: 1024 * 1024,
    tableBytes: 256 * 1024,
  });
  const tree = engine.openTree('t', { keySize: 4 });
  const key = Buffer.alloc(4);
  const value = Buffer.alloc(VALUE_BYTES);
  const newest = new Uint32Array(KEYS);
  const batch = engine.createBatch();
  const put = (i: number, version: number): void => {
    key.writeUInt32BE(i);
    value.writeUInt32LE(version);
    batch.put(tree, key, key.length, value, 0, value.length);
  };
  for (let i = 0; i < KEYS; i++) put(i, 0);
  engine.writeSync(batch);
  await engine.compact(true);
  const alone = bytesOf(engine);

  const held = engine.snapshot();
  for (let version = 1; version <= overwrites; version++) {
    if (version % PER_BATCH === 1) batch.clear();
    const i = Math.floor(random() * KEYS);
    newest[i] = version;
    put(i, version);
    if (version % PER_BATCH === 0) engine.writeSync(batch);
    if (version % (overwrites / 4) === 0) expectVersions(tree, () => 0, held);
  }
  // With the snapshot two versions of each key are needed, and no more.
  await engine.compact(true);
  expect(bytesOf(engine)).toBeLessThan(alone * 2.2);
  expectVersions(tree, () => 0, held);
  expectVersions(tree, (i) => newest[i]!);
  held.close();
  await engine.compact(true);
  expect(bytesOf(engine)).toBeLessThan(alone * 1.1);
  expectVersions(tree, (i) => newest[i]!);
  await engine.close();
}

function bytesOf(engine: Engine): number {
  return engine
    .stats()
    .trees.reduce((sum, { levels }) => sum + levels.reduce((inner, { bytes }) => inner + bytes, 0), 0);
}

/** Every key, by lookup and by cursors in both directions. */
function expectVersions(tree: Tree, expected: (key: number) => number, at?: Snapshot): void {
  let wrong = 0;
  const key = Buffer.alloc(4);
  const found = new ByteSpan();
  for (let i = 0; i < KEYS; i++) {
    key.writeUInt32BE(i);
    if (!tree.get(key, key.length, found, at) || found.view.getUint32(found.start, true) !== expected(i)) wrong++;
  }
  for (const reverse of [false, true]) {
    const cursor = tree.cursor({}, { reverse, ...(at === undefined ? {} : { at }) });
    for (let n = 0; n < KEYS; n++) {
      const i = reverse ? KEYS - 1 - n : n;
      if (!cursor.next() || cursor.value.view.getUint32(cursor.value.start, true) !== expected(i)) wrong++;
    }
    if (cursor.next()) wrong++;
    cursor.close();
  }
  expect(wrong).toBe(0);
}
