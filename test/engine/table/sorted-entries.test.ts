// Entries that come many at once make the very table that they make one by one.
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { loadXxh3 } from '../../../runtime/bytes/xxh3.js';
import { type SortedEntries, SPOT_WORDS } from '../../../runtime/engine/table/sorted-entries.js';
import type { TableWriter } from '../../../runtime/engine/table/table.js';
import { createTable } from '../../../runtime/engine/table/writer.js';
import type { TreeMeta } from '../../../runtime/engine/version/edit.js';
import { StorageError } from '../../../runtime/errors.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';

beforeAll(loadXxh3);

interface Entry {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** They stand in memory in the order given, values in chunks of a few; `order` is that of `sorted`. */
function entriesOf(given: readonly Entry[], sorted: readonly Entry[], chunkEntries: number): SortedEntries {
  const keyStarts = new Int32Array(given.length + 1);
  const spots = new Int32Array(given.length * SPOT_WORDS);
  const chunks: Uint8Array[] = [];
  given.forEach(({ key, value }, i) => {
    keyStarts[i + 1] = keyStarts[i]! + key.length;
    if (i % chunkEntries === 0) chunks.push(new Uint8Array(0));
    const before = chunks.pop()!;
    chunks.push(Uint8Array.from([...before, ...value]));
    spots.set([chunks.length - 1, before.length, before.length + value.length], i * SPOT_WORDS);
  });
  const order = Int32Array.from(sorted, (entry) => given.indexOf(entry));
  return { order, keys: Buffer.concat(given.map(({ key }) => key)), keyStarts, chunks, spots };
}

function tableOf(keySize: number | null, bitsPerKey: number, fill: (writer: TableWriter) => void): Buffer {
  const vfs = new MemoryVfs();
  const columns = { lead: 1, bytes: 9, columns: [{ kind: 'f64', offset: 1, mask: 0 }] } as const;
  const tree: TreeMeta = {
    id: 1,
    name: 'tree',
    keySize,
    columns,
    parts: keySize === null ? [] : [{ tagged: false, size: 2 }],
  };
  const writer = createTable(vfs, 'table', 1, tree, { bitsPerKey });
  fill(writer);
  writer.finish(77);
  const file = vfs.open('table', 'read');
  const bytes = Buffer.alloc(file.size());
  file.read(bytes, 0, bytes.length, 0);
  return bytes;
}

const value = fc.oneof(
  { weight: 8, arbitrary: fc.uint8Array({ maxLength: 60 }) },
  { weight: 4, arbitrary: fc.uint8Array({ minLength: 9, maxLength: 9 }).map((bytes) => Uint8Array.of(1, ...bytes)) },
  { weight: 2, arbitrary: fc.integer({ min: 48, max: 700 }).map((size) => new Uint8Array(size).fill(size)) },
  { weight: 1, arbitrary: fc.integer({ min: 3000, max: 9000 }).map((size) => new Uint8Array(size).fill(size)) },
);

test.each([
  { keySize: 4, key: fc.uint8Array({ minLength: 4, maxLength: 4 }) },
  {
    keySize: null,
    key: fc
      .tuple(fc.constantFrom('', 'shared/', 'x'.repeat(300)), fc.uint8Array({ maxLength: 12 }))
      .map(([prefix, tail]) => Uint8Array.from([...Buffer.from(prefix), ...tail])),
  },
])('keys of size $keySize', ({ keySize, key }) => {
  const entry = fc.record({
    key: key.map((bytes) => Buffer.from(bytes)),
    value: value.map((bytes) => Buffer.from(bytes)),
  });
  const entries = fc.uniqueArray(entry, {
    ...{ minLength: 1, maxLength: 300, size: 'max' },
    selector: (one) => one.key.toString('latin1'),
  });
  fc.assert(
    fc.property(
      entries,
      fc.boolean(),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom(0, 8, 32),
      (given, inOrder, group, bits) => {
        const sorted = [...given].sort((a, b) => a.key.compare(b.key));
        const batch = entriesOf(inOrder ? sorted : given, sorted, 7);
        const oneByOne = tableOf(keySize, bits, (writer) => {
          for (const one of sorted) writer.add(one.key, 0, one.key.length, 0, false, one.value, 0, one.value.length);
        });
        const many = tableOf(keySize, bits, (writer) => {
          for (let from = 0; from < sorted.length; from += group)
            writer.addSorted(batch, from, Math.min(sorted.length, from + group));
        });
        expect(many.equals(oneByOne)).toBe(true);
      },
    ),
    { numRuns: 25 },
  );
});

test.each([4, null])('keys of size %s that do not ascend are refused', (keySize) => {
  const one = (text: string): Entry => ({ key: Buffer.from(text), value: Buffer.from('v') });
  for (const keys of [
    ['aaaa', 'aaab', 'aaaa'],
    ['aaaa', 'aaaa'],
    ['b000', 'a000'],
  ]) {
    const given = keys.map(one);
    for (const group of [1, keys.length]) {
      const vfs = new MemoryVfs();
      const writer = createTable(vfs, 'table', 1, { id: 1, name: 'tree', keySize }, { bitsPerKey: 8 });
      const add = (): void => {
        for (let from = 0; from < given.length; from += group)
          writer.addSorted(entriesOf(given, given, 1), from, from + group);
      };
      expect(add).toThrow(StorageError);
      writer.abort();
    }
  }
});
