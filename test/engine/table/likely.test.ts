// getLikely leaves the filter out where that costs nothing: what it answers is what `get` answers, and it reads no block in vain.
import { beforeAll, expect, it } from 'vitest';
import { loadXxh3 } from '../../../runtime/bytes/xxh3.js';
import { CacheCounters, PageCache } from '../../../runtime/engine/cache/page-cache.js';
import { openTable } from '../../../runtime/engine/table/reader.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';
import { get, PATH, TABLE, version, write } from './rig.js';

beforeAll(loadXxh3);

const KEYS = 4000;

function keyOf(number: number): Buffer {
  const key = Buffer.alloc(8);
  key.writeUInt32BE(number, 4);
  return key;
}

/** Every second number is a key. */
function open(counters: CacheCounters) {
  const vfs = new MemoryVfs();
  const versions = Array.from({ length: KEYS }, (_, i) => version(keyOf(2 * i), Buffer.alloc(50, i)));
  write(vfs, versions, { keySize: 8, bitsPerKey: 32 });
  return openTable(vfs, PATH, TABLE, new PageCache(1 << 22), counters);
}

it('reads no block for a key that the filter denies', () => {
  const counters = new CacheCounters();
  const table = open(counters);
  for (let i = 0; i < KEYS; i++) expect(get(table, keyOf(2 * i + 1), undefined, 'getLikely')).toBeUndefined();
  expect(counters.misses).toBeLessThan(3);
  table.close();
});

it('after a row of keys that are absent asks the filter first, until keys are found again', () => {
  const counters = new CacheCounters();
  const table = open(counters);
  const looked = (number: number): number => {
    const before = counters.hits;
    get(table, keyOf(number), undefined, 'getLikely');
    return counters.hits - before;
  };
  for (let i = 0; i < KEYS; i++) get(table, keyOf(2 * i));
  expect(looked(1)).toBe(1);
  for (let i = 0; i < 20; i++) looked(2 * i + 1);
  expect(looked(1)).toBe(0);
  for (let i = 0; i < 20; i++) expect(looked(2 * i)).toBe(1);
  expect(looked(1)).toBe(1);
  table.close();
});
