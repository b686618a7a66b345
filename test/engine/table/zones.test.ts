// Zone maps: what they tell of random tables, held against the values themselves.
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { COLUMN_KINDS, type ColumnLayout, holdsColumns, readColumn } from '../../../runtime/bytes/columns.js';
import { loadXxh3 } from '../../../runtime/bytes/xxh3.js';
import { ZONES_TAG } from '../../../runtime/engine/table/properties.js';
import { ZoneMap } from '../../../runtime/engine/table/zones.js';
import { build, inOrder, type Version } from './rig.js';

beforeAll(loadXxh3);

/** One column of each kind, behind the lead byte. */
const LAYOUT: ColumnLayout = {
  lead: 1,
  bytes: 35,
  columns: COLUMN_KINDS.map((kind, i) => ({ kind, offset: 1 + 3 * i, mask: kind === 'bit' ? 4 : 0 })),
};

const values = fc.oneof(
  { weight: 9, arbitrary: fc.uint8Array({ minLength: 35, maxLength: 35 }).map((bytes) => Buffer.of(1, ...bytes)) },
  { weight: 5, arbitrary: fc.constant(Buffer.concat([Buffer.of(1), Buffer.alloc(40)])) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)) },
);
const entry = fc.tuple(fc.nat(5000), fc.integer({ min: 1, max: 3 }), fc.nat(9), values);

/** Blocks are filled up by their values' tails, so that few entries make many zones. */
function versionOf([key, sequence, deleted, value]: [number, number, number, Buffer]): Version {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(key);
  const long = value.length < LAYOUT.bytes ? value : Buffer.concat([value, Buffer.alloc(900)]);
  return { key: bytes, sequence, deleted: deleted === 0, value: deleted === 0 ? Buffer.alloc(0) : long };
}

it('a zone that is not admitted holds no value inside the bounds, and each column skips something', () => {
  const skippedBy = new Set<string>();
  fc.assert(
    fc.property(
      fc.array(entry, { minLength: 1, maxLength: 150, size: 'max' }),
      fc.nat(LAYOUT.columns.length - 1),
      fc.oneof(fc.double(), fc.integer({ min: -300, max: 70_000 }), fc.constantFrom(0, 1, -0, Number.NaN)),
      fc.oneof(fc.double(), fc.integer({ min: -300, max: 70_000 })),
      (entries, c, least, most) => {
        const all = inOrder(entries.map(versionOf));
        const table = build(all, { keySize: 4, bitsPerKey: 0, columns: LAYOUT });
        const zones = new ZoneMap(table.section(ZONES_TAG)!, table.blocks);
        const column = LAYOUT.columns[c]!;
        const admitted = zones.admitted([{ column, least, most }], table.blocks)!;
        if (admitted.includes(0)) skippedBy.add(column.kind);
        for (const { key, deleted, value } of all) {
          const isKnown = holdsColumns(LAYOUT, value, 0, value.length);
          const number = isKnown ? readColumn(column, new DataView(value.buffer, value.byteOffset), 0) : Number.NaN;
          const isWanted = !deleted && (!isKnown || (number >= least && number <= most));
          // Versions of a key may stand in two blocks: `locate` tells the first.
          if (isWanted) expect(admitted.subarray(table.locate(key, 0, 4)).includes(1)).toBe(true);
        }
        table.close();
      },
    ),
    { numRuns: 400 },
  );
  expect([...skippedBy].sort()).toEqual([...COLUMN_KINDS].sort());
});

it('columns that the table was not told about admit everything', () => {
  const table = build([versionOf([1, 1, 1, Buffer.alloc(36, 1)])], { keySize: 4, bitsPerKey: 0, columns: LAYOUT });
  const zones = new ZoneMap(table.section(ZONES_TAG)!, table.blocks);
  const unknown = { kind: 'u8', offset: 30, mask: 0 } as const;
  expect(zones.admitted([{ column: unknown, least: 5, most: 4 }], table.blocks)).toBe(null);
  table.close();
});
