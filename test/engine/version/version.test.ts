// Versions: edits lead from one to the next, levels keep their order, contradictions are refused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COLUMN_KINDS } from '../../../runtime/bytes/columns.js';
import { ByteWriter } from '../../../runtime/bytes/writer.js';
import type { TableMeta, VersionEdit } from '../../../runtime/engine/version/edit.js';
import { decodeEdit, encodeEdit } from '../../../runtime/engine/version/edit-codec.js';
import { Version } from '../../../runtime/engine/version/version.js';
import { CodecError } from '../../../runtime/errors.js';

const TREE = { id: 1, name: 'User', keySize: 8 };

function table(id: number, level: number, smallest: number, largest: number, more: Partial<TableMeta> = {}): TableMeta {
  return {
    ...{ id, treeId: TREE.id, level, bytes: 4096, entries: 10, tombstones: 1, minSequence: id, maxSequence: id },
    ...{ smallest: Uint8Array.of(smallest), largest: Uint8Array.of(largest) },
    ...more,
  };
}

const start = Version.EMPTY.apply({ addTrees: [TREE], nextId: 2 });
const ids = (version: Version, level: number, treeId = TREE.id) => version.levels(treeId)[level]!.map(({ id }) => id);

describe('apply', () => {
  test('sorts level 0 newest first, the others by key', () => {
    const version = start
      .apply({ addTables: [table(5, 0, 0, 9), table(9, 0, 0, 9, { maxSequence: 3 }), table(6, 0, 0, 9)] })
      .apply({ addTables: [table(10, 2, 7, 9), table(11, 2, 1, 3), table(12, 2, 4, 6)] });
    expect(ids(version, 0)).toEqual([6, 5, 9]);
    expect(ids(version, 2)).toEqual([11, 12, 10]);
    expect(ids(version, 1)).toEqual([]);
    expect(version.levels(77)).toHaveLength(7);
  });

  test('leaves the version before as it was', () => {
    const before = start.apply({ addTables: [table(5, 0, 0, 9)] });
    const after = before.apply({ removeTables: [5], addTables: [table(6, 1, 0, 9)] });
    expect([ids(before, 0), ids(before, 1)]).toEqual([[5], []]);
    expect([ids(after, 0), ids(after, 1)]).toEqual([[], [6]]);
  });

  test('moves a table to another level in one edit', () => {
    const version = start.apply({ addTables: [table(5, 0, 0, 9)] });
    const moved = version.apply({ removeTables: [5], addTables: [table(5, 3, 0, 9)] });
    expect([ids(moved, 0), ids(moved, 3)]).toEqual([[], [5]]);
  });

  test('tells anew what a tree is, and keeps its tables', () => {
    const columns = { lead: 1, bytes: 10, columns: [{ kind: 'f64', offset: 2, mask: 0 }] } as const;
    const version = start.apply({ addTables: [table(5, 0, 0, 9)] }).apply({ changeTrees: [{ ...TREE, columns }] });
    expect(version.trees.get(TREE.id)).toEqual({ ...TREE, columns });
    expect(ids(version, 0)).toEqual([5]);
  });

  test('drops a tree with its tables, and no others', () => {
    const other = { id: 2, name: 'User/email', keySize: null };
    const version = start.apply({
      addTrees: [other],
      addTables: [table(5, 0, 0, 9), table(6, 1, 0, 9, { treeId: 2 })],
    });
    const dropped = version.apply({ dropTrees: [1] });
    expect([...dropped.tables.keys()]).toEqual([6]);
    expect([...dropped.trees.keys()]).toEqual([2]);
    expect(ids(dropped, 0)).toEqual([]);
    expect(ids(dropped, 1, 2)).toEqual([6]);
  });

  test.each<[string, VersionEdit]>([
    ['removes what is not there', { removeTables: [9] }],
    ['drops what is not there', { dropTrees: [9] }],
    ['adds a table twice', { addTables: [table(5, 0, 0, 1), table(5, 1, 0, 1)] }],
    ['adds a tree twice', { addTrees: [TREE] }],
    ['changes a tree that is not there', { changeTrees: [{ ...TREE, id: 9 }] }],
    ['adds to a tree that is not there', { addTables: [table(5, 0, 0, 1, { treeId: 9 })] }],
    ['adds to a level that is not there', { addTables: [table(5, 7, 0, 1)] }],
    ['lets tables of a level overlap', { addTables: [table(5, 1, 0, 4), table(6, 1, 4, 9)] }],
    ['turns a counter back', { nextId: 1 }],
  ])('refuses an edit that %s', (_, edit) => {
    expect(() => start.apply(edit)).toThrow(expect.objectContaining({ code: 'QDB4012' }));
  });
});

const whole = fc.maxSafeNat();
const half = fc.nat(2 ** 31);
const key = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes));
const anyTable: fc.Arbitrary<TableMeta> = fc.record({
  ...{ id: whole, treeId: whole, level: fc.nat(6), bytes: whole, entries: whole, tombstones: whole },
  ...{ smallest: key, largest: key },
  ...{ minSequence: half, maxSequence: half.map((sequence) => sequence + 2 ** 31) },
});
const anyColumn = fc.record({ kind: fc.constantFrom(...COLUMN_KINDS), offset: whole, mask: fc.nat(255) });
const anyTree = fc.record(
  {
    ...{ id: whole, name: fc.string(), keySize: fc.option(fc.nat(100)) },
    columns: fc.record({ lead: fc.nat(255), bytes: whole, columns: fc.array(anyColumn) }),
    walked: fc.constant(true as const),
  },
  { requiredKeys: ['id', 'name', 'keySize'] },
);
const anyEdit: fc.Arbitrary<VersionEdit> = fc.record(
  {
    addTrees: fc.array(anyTree),
    changeTrees: fc.array(anyTree),
    dropTrees: fc.array(whole),
    addTables: fc.array(anyTable, { maxLength: 4 }),
    removeTables: fc.array(whole),
    walFrom: whole,
    walDurable: fc.record({ segment: whole, offset: whole }),
    lastSequence: whole,
    nextId: whole,
  },
  { requiredKeys: ['addTrees', 'changeTrees', 'dropTrees', 'addTables', 'removeTables'] },
);

function encoded(edit: VersionEdit): Buffer {
  const out = new ByteWriter(1);
  encodeEdit(edit, out);
  return out.bytes.subarray(0, out.at);
}

describe('an edit as bytes', () => {
  test('comes back', () => {
    fc.assert(
      fc.property(anyEdit, (edit) => {
        const bytes = encoded(edit);
        expect(decodeEdit(bytes, 0, bytes.length)).toEqual(edit);
      }),
    );
  });

  test('that is cut or unknown is refused', () => {
    const bytes = encoded({ addTables: [table(5, 0, 0, 9)] });
    for (let end = 1; end < bytes.length; end++) expect(() => decodeEdit(bytes, 0, end)).toThrow(CodecError);
    expect(() => decodeEdit(Buffer.of(99, 1), 0, 2)).toThrow(CodecError);
  });
});

test('a version is rebuilt by the one edit that it turns into', () => {
  const version = start.apply({
    ...{ addTables: [table(5, 0, 0, 9), table(6, 2, 0, 9)], walFrom: 3, nextId: 9, lastSequence: 77 },
    walDurable: { segment: 4, offset: 5 },
  });
  expect(Version.EMPTY.apply(version.toEdit())).toEqual(version);
});
