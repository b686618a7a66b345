// The filter's false positives, measured for each tier against theory: plain Bloom, and what probing one line costs on top.
import { beforeAll, describe, expect, it } from 'vitest';
import { H1, H2, hashKey } from '../../../runtime/bytes/hash.js';
import { loadXxh3 } from '../../../runtime/bytes/xxh3.js';
import { PageCache } from '../../../runtime/engine/cache/page-cache.js';
import { probesFor } from '../../../runtime/engine/table/filter.js';
import { openTable } from '../../../runtime/engine/table/reader.js';
import type { TableReader } from '../../../runtime/engine/table/table.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';
import { create, PATH, TABLE } from './rig.js';

beforeAll(loadXxh3);

const LINE_BITS = 512;
const KEYS = 100_000;
const PROBES = 1_000_000;

/** A Bloom filter of unlimited randomness: (1 - e^(-k/b))^k. */
function plainRate(bits: number, probes: number): number {
  return (1 - Math.exp(-probes / bits)) ** probes;
}

/** The same with all probes in one line: the keys of a line are Poisson distributed around 512 / bits. */
function lineRate(bits: number, probes: number): number {
  const mean = LINE_BITS / bits;
  let chance = Math.exp(-mean);
  let rate = 0;
  for (let keys = 1; keys < 10 * mean + 50; keys++) {
    chance *= mean / keys;
    rate += chance * (1 - (1 - 1 / LINE_BITS) ** (probes * keys)) ** probes;
  }
  return rate;
}

const shapes: { name: string; size: number; put: (into: Buffer, i: number) => void }[] = [
  { name: 'numbers', size: 8, put: (into, i) => into.writeDoubleBE(i + 1) },
  { name: 'texts', size: 25, put: (into, i) => into.write(`user${String(i).padStart(8, '0')}@example.org`, 'latin1') },
];

/** A table of the even numbers; the odd ones are absent. */
function tableOf(shape: (typeof shapes)[number], bitsPerKey: number): TableReader {
  const vfs = new MemoryVfs();
  const writer = create(vfs, { keySize: shape.size, bitsPerKey });
  const key = Buffer.alloc(shape.size);
  for (let i = 0; i < KEYS; i++) {
    shape.put(key, 2 * i);
    writer.add(key, 0, key.length, 1, false, key, 0, 0);
  }
  writer.finish();
  return openTable(vfs, PATH, TABLE, new PageCache(1));
}

describe.each([
  { bits: 8, promised: 0.024 },
  { bits: 16, promised: 0.001 },
  { bits: 32, promised: 0.00001 },
])('$bits bits a key', ({ bits, promised }) => {
  const probes = probesFor(bits);

  it('costs, by theory, no more for one line than the comment in filter.ts says', () => {
    expect(plainRate(bits, probes)).toBeLessThan(promised);
    expect(lineRate(bits, probes)).toBeLessThan(promised);
  });

  it.each(shapes)('denies no key of its own and few others: $name', (shape) => {
    const table = tableOf(shape, bits);
    const key = Buffer.alloc(shape.size);
    const has = (i: number): boolean => {
      shape.put(key, i);
      hashKey(key, 0, key.length);
      return table.mayContain(H1, H2);
    };
    for (let i = 0; i < KEYS; i++) if (!has(2 * i)) throw new Error(`the filter denies key ${2 * i}`);
    let wrong = 0;
    for (let i = 0; i < PROBES; i++) if (has(2 * i + 1)) wrong++;
    const expected = lineRate(bits, probes) * PROBES;
    // Within five standard deviations of theory, and a tenth for what two 32-bit halves are short of true randomness.
    expect(wrong).toBeLessThan(expected * 1.1 + 5 * Math.sqrt(expected));
    expect(wrong).toBeGreaterThan(expected * 0.9 - 5 * Math.sqrt(expected));
    table.close();
  });
});
