// A point read out of a warm page allocates nothing: a million of them leave the heap as it was.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { ByteSpan } from '../../../runtime/bytes/writer.js';
import { openEngine, type Tree } from '../../../runtime/engine/index.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';

const KEYS = 20_000;
/** So few that whatever they allocate is still in the young generation at their end, where it is counted. */
const GETS_A_ROUND = 100_000;
const ROUNDS = 10;
/** What the measurement itself may allocate in a round; the smallest object is 16 bytes. */
const NOISE_BYTES = 50_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function keysOf(size: number | null): Buffer[] {
  return Array.from({ length: KEYS }, (_, i) => {
    const scattered = Math.imul(i, 0x9e3779b1) >>> 0;
    if (size === null) return Buffer.from(`somebody-${scattered}@example.com`);
    const key = Buffer.alloc(size);
    key.writeUInt32BE(scattered);
    key.writeUInt32BE(i, size - 4);
    return key;
  });
}

function getAll(tree: Tree, keys: readonly Buffer[], span: ByteSpan, gets: number): number {
  let found = 0;
  for (let i = 0; i < gets; i++) {
    const key = keys[i % KEYS]!;
    if (tree.get(key, key.length, span)) found++;
  }
  return found;
}

/**
 * Bytes of heap that the gets of a round took: the first round of noise alone, or the fewest of all, for V8 compiles in the midst of some,
 * while what a get allocates it allocates in every round.
 */
function measure(tree: Tree, keys: readonly Buffer[]): number {
  const span = new ByteSpan();
  getAll(tree, keys, span, 5 * GETS_A_ROUND);
  let fewest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS && fewest >= NOISE_BYTES; round++) {
    collect();
    const before = process.memoryUsage().heapUsed;
    const found = getAll(tree, keys, span, GETS_A_ROUND);
    fewest = Math.min(fewest, process.memoryUsage().heapUsed - before);
    expect(found).toBe(GETS_A_ROUND);
  }
  return fewest;
}

it.each([8, 16, null])('keys of %s bytes', async (keySize) => {
  const engine = await openEngine({ vfs: new MemoryVfs(), path: 'db' });
  const tree = engine.openTree('tree', { keySize });
  const keys = keysOf(keySize);
  const batch = engine.createBatch();
  for (const key of keys) batch.put(tree, key, key.length, key, 0, key.length);
  engine.writeSync(batch);
  const ofMemtable = measure(tree, keys);
  engine.flush();
  await engine.compact();
  const ofPages = measure(tree, keys);
  await engine.close();
  expect(ofMemtable).toBeLessThan(NOISE_BYTES);
  expect(ofPages).toBeLessThan(NOISE_BYTES);
});
