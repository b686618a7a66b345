// Columns in memory: once a table was walked over, scans show exactly what lies inside their bounds; memory is bounded, and a table
// that cannot have columns is read as before.
import { expect, test } from 'vitest';
import type { Column, ColumnBound, ColumnLayout } from '../../../runtime/bytes/columns.js';
import { EntryRun } from '../../../runtime/bytes/entry-run.js';
import { type Engine, openEngine, type Tree } from '../../../runtime/engine/index.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';

const BIT: Column = { kind: 'bit', offset: 1, mask: 4 };
const BYTE: Column = { kind: 'u8', offset: 2, mask: 0 };
const DOUBLE: Column = { kind: 'f64', offset: 3, mask: 0 };
const LAYOUT: ColumnLayout = { lead: 1, bytes: 11, columns: [BIT, BYTE, DOUBLE] };
/** A block holds about forty of them. */
const VALUE_BYTES = 100;

interface Row {
  readonly bit: number;
  readonly byte: number;
  readonly double: number;
}

/** Far from each other in neighbours, so that no zone leaves anything out. */
function rowOf(n: number): Row {
  return { bit: n % 3 === 0 ? 1 : 0, byte: (n * 89) % 256, double: n % 7 === 0 ? Number.NaN : ((n * 7919) % 1000) / 8 };
}

function fill(engine: Engine, name: string, rows: number, lead = 1): Tree {
  const tree = engine.openTree(name, { keySize: 4, columns: LAYOUT });
  const batch = engine.createBatch();
  for (let n = 0; n < rows; n++) {
    const { bit, byte, double } = rowOf(n);
    const value = Buffer.alloc(VALUE_BYTES);
    value[0] = n === rows - 1 ? lead : 1;
    value[1] = bit === 1 ? BIT.mask : 0xff ^ BIT.mask;
    value[2] = byte;
    value.writeDoubleLE(double, 3);
    const key = Buffer.alloc(4);
    key.writeUInt32BE(n);
    batch.put(tree, key, 4, value, 0, value.length);
  }
  engine.writeSync(batch);
  engine.flush();
  return tree;
}

function shown(tree: Tree, bounds: readonly ColumnBound[]): number[] {
  const cursor = tree.cursor({}, { scan: { bounds, blocksRead: 0, blocksSkipped: 0 } });
  const run = new EntryRun();
  const keys: number[] = [];
  while (cursor.nextRun(run)) {
    for (let i = 0; i < run.count; i++) keys.push(run.keyBytes.readUInt32BE(run.keyStarts[i]!));
  }
  cursor.close();
  return keys;
}

function wanted(rows: number, isWanted: (row: Row) => boolean): number[] {
  return Array.from({ length: rows }, (_, n) => n).filter((n) => isWanted(rowOf(n)));
}

const open = (memory: number): Promise<Engine> =>
  openEngine({ vfs: new MemoryVfs(), path: 'db', compaction: 'manual', memory });

test('bits, bytes and doubles, alone and together, with NaN and without', async () => {
  const rows = 5000;
  const engine = await open(8 * 1024 * 1024);
  const tree = fill(engine, 't', rows);
  const cases: [ColumnBound[], (row: Row) => boolean][] = [
    [[{ column: BIT, least: 1, most: 1 }], ({ bit }) => bit === 1],
    [[{ column: BYTE, least: 10, most: 20 }], ({ byte }) => byte >= 10 && byte <= 20],
    [[{ column: DOUBLE, least: 5, most: 9 }], ({ double }) => double >= 5 && double <= 9],
    [
      [{ column: DOUBLE, least: 5, most: 9, orNaN: true }],
      ({ double }) => Number.isNaN(double) || (double >= 5 && double <= 9),
    ],
    [
      [
        { column: BIT, least: 0, most: 0 },
        { column: DOUBLE, least: 100, most: Number.POSITIVE_INFINITY },
        { column: BYTE, least: 128, most: 255 },
      ],
      ({ bit, byte, double }) => bit === 0 && double >= 100 && byte >= 128,
    ],
    [[{ column: BYTE, least: 300, most: 400 }], () => false],
  ];
  // The first walk over a table reads all of it; by then it is known that columns pay.
  expect(shown(tree, cases[0]![0]).length).toBeGreaterThanOrEqual(wanted(rows, cases[0]![1]).length);
  for (const [bounds, isWanted] of cases) {
    const all = wanted(rows, isWanted);
    shown(tree, bounds);
    const found = shown(tree, bounds);
    expect(found.filter((n) => isWanted(rowOf(n)))).toEqual(all);
    expect(found.length).toBeLessThan(all.length + rows / 100);
  }
  // A byte for a bit or byte of each row, eight for a double, and each column once.
  expect(engine.stats().memory.columns).toBe(10 * rows);
  engine.closeSync();
});

test('tables share a budget: the column that was used last stays, one that never fits is not made', async () => {
  const engine = await open(64 * 1024);
  const budget = 16 * 1024;
  const bounds = [{ column: DOUBLE, least: 5, most: 9 }];
  const expected = (rows: number): number[] => wanted(rows, ({ double }) => double >= 5 && double <= 9);
  const inside = (keys: number[]): number[] => keys.filter((n) => rowOf(n).double >= 5 && rowOf(n).double <= 9);
  const [rows, many] = [1500, 3000];
  const trees = [fill(engine, 'a', rows), fill(engine, 'b', rows)];
  const large = fill(engine, 'c', many);
  for (let round = 0; round < 3; round++) {
    for (const tree of trees) {
      for (let walk = 0; walk < 3; walk++) expect(inside(shown(tree, bounds))).toEqual(expected(rows));
      expect(shown(tree, bounds).length).toBeLessThan(rows / 2);
      expect(engine.stats().memory.columns).toBe(8 * rows);
    }
    for (let walk = 0; walk < 3; walk++) expect(inside(shown(large, bounds))).toEqual(expected(many));
    expect(engine.stats().memory.columns).toBeLessThanOrEqual(budget);
  }
  engine.closeSync();
});

test('a table with one value of another layout, and a column that no table was told of, are read whole', async () => {
  const rows = 1000;
  const engine = await open(1024 * 1024);
  const mixed = fill(engine, 'mixed', rows, 9);
  const plain = fill(engine, 'plain', rows);
  const all = Array.from({ length: rows }, (_, n) => n);
  for (let walk = 0; walk < 4; walk++) {
    expect(shown(mixed, [{ column: BYTE, least: 300, most: 400 }])).toContain(rows - 1);
    expect(shown(mixed, [{ column: BIT, least: 0, most: 1 }])).toEqual(all);
    expect(shown(plain, [{ column: { kind: 'u16', offset: 5, mask: 0 }, least: -2, most: -1 }])).toEqual(all);
  }
  expect(engine.stats().memory.columns).toBe(0);
  engine.closeSync();
});
