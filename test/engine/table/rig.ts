// What the table tests share: tables built from lists of versions, and the plain-array model they are compared with.
import fc from 'fast-check';
import type { ColumnLayout } from '../../../runtime/bytes/columns.js';
import { H1, H2, hashKey } from '../../../runtime/bytes/hash.js';
import { ByteSpan } from '../../../runtime/bytes/writer.js';
import { PageCache } from '../../../runtime/engine/cache/page-cache.js';
import { openTable } from '../../../runtime/engine/table/reader.js';
import {
  DELETED,
  FOUND,
  type TableCursor,
  type TableOptions,
  type TableReader,
  type TableSummary,
  type TableWriter,
} from '../../../runtime/engine/table/table.js';
import { createTable } from '../../../runtime/engine/table/writer.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';
import type { Vfs } from '../../../runtime/vfs/vfs.js';

export interface Version {
  readonly key: Buffer;
  readonly sequence: number;
  readonly deleted: boolean;
  readonly value: Buffer;
}

export const PATH = 'table';
const EMPTY = Buffer.alloc(0);

/** In internal order, without two versions of one key and sequence. */
export function inOrder(versions: readonly Version[]): Version[] {
  const sorted = [...versions].sort((a, b) => a.key.compare(b.key) || b.sequence - a.sequence);
  return sorted.filter(
    (v, i) => i === 0 || !v.key.equals(sorted[i - 1]!.key) || v.sequence !== sorted[i - 1]!.sequence,
  );
}

/** The table that these tests write, open and read. */
export const TABLE = { id: 1, treeId: 1 };

export interface TestOptions extends TableOptions {
  readonly keySize: number | null;
  readonly columns?: ColumnLayout;
}

/** A writer for {@link TABLE}. */
export function create(vfs: Vfs, { keySize, columns, ...options }: TestOptions, path = PATH): TableWriter {
  const tree = { id: TABLE.treeId, name: 'tree', keySize, ...(columns === undefined ? {} : { columns }) };
  return createTable(vfs, path, TABLE.id, tree, options);
}

export function write(vfs: Vfs, versions: readonly Version[], options: TestOptions, path = PATH): TableSummary {
  const writer = create(vfs, options, path);
  for (const v of versions) {
    writer.add(v.key, 0, v.key.length, v.sequence, v.deleted, v.value, 0, v.value.length);
  }
  return writer.finish();
}

export function build(versions: readonly Version[], options: TestOptions, cache = new PageCache(1 << 20)): TableReader {
  const vfs = new MemoryVfs();
  write(vfs, versions, options);
  return openTable(vfs, PATH, TABLE, cache);
}

/** What `get` should answer: undefined, 'deleted' or the value. */
export function modelGet(
  versions: readonly Version[],
  key: Buffer,
  maxSequence: number,
): Buffer | 'deleted' | undefined {
  const v = versions.find((each) => each.sequence <= maxSequence && each.key.equals(key));
  if (v === undefined) return undefined;
  return v.deleted ? 'deleted' : v.value;
}

export function get(
  table: TableReader,
  key: Buffer,
  maxSequence: number = Number.MAX_SAFE_INTEGER,
  how: 'get' | 'getLikely' = 'get',
): Buffer | 'deleted' | undefined {
  const into = new ByteSpan();
  hashKey(key, 0, key.length);
  switch (table[how](key, 0, key.length, H1, H2, maxSequence, into)) {
    case FOUND:
      return into.copy();
    case DELETED:
      return 'deleted';
    default:
      return undefined;
  }
}

/** The version a cursor stands on. */
export function standing(cursor: TableCursor): Version {
  const { sequence, deleted } = cursor;
  return { key: cursor.key.copy(), sequence, deleted, value: deleted ? EMPTY : cursor.value.copy() };
}

export function scan(table: TableReader): Version[] {
  const cursor = table.cursor();
  try {
    const versions: Version[] = [];
    for (let on = cursor.seekToFirst(); on; on = cursor.next()) versions.push(standing(cursor));
    return versions;
  } finally {
    cursor.close();
  }
}

export function version(key: Buffer | string, value: Buffer | string, sequence = 1, deleted = false): Version {
  return { key: Buffer.from(key), sequence, deleted, value: deleted ? EMPTY : Buffer.from(value) };
}

/** Values of all sizes that matter: empty, short, near a block, over one, over 64 KiB. */
const values = fc.oneof(
  { weight: 20, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  { weight: 5, arbitrary: fc.uint8Array({ minLength: 100, maxLength: 300, size: 'max' }) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(4000, 4060, 4064, 4065, 4096, 9000, 70_000), fc.nat(255))
      .map(([size, fill]) => new Uint8Array(size).fill(fill)),
  },
);

/** Few different keys, so that several versions of one are common, and long shared beginnings. */
const variableKeys = fc.oneof(
  fc.uint8Array({ maxLength: 3 }),
  fc.string({ maxLength: 12 }).map((s) => Buffer.from(s)),
  fc.nat(400).map((n) => Buffer.from(`user${n}@example.com`)),
  fc.tuple(fc.constantFrom(250, 254, 255, 256, 300), fc.nat(9)).map(([n, c]) => Buffer.from('k'.repeat(n) + c)),
);

export function fixedKeys(size: number): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    fc.uint8Array({ minLength: size, maxLength: size }),
    fc.nat(200).map((n) => {
      const key = Buffer.alloc(size, 7);
      key[size - 1] = n;
      return key;
    }),
  );
}

export function versions(keySize: number | null): fc.Arbitrary<Version[]> {
  const key = keySize === null ? variableKeys : fixedKeys(keySize);
  const sequence = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 2 ** 52 }));
  return fc
    .array(fc.tuple(key, sequence, fc.nat(9), values), { minLength: 1, maxLength: 300, size: 'max' })
    .map((list) => inOrder(list.map(([k, s, d, v]) => version(Buffer.from(k), Buffer.from(v), s, d === 0))));
}

export const keySizes = fc.constantFrom(null, null, 1, 3, 4, 8, 16);

export function anyKey(keySize: number | null): fc.Arbitrary<Buffer> {
  return (keySize === null ? variableKeys : fixedKeys(keySize)).map((key) => Buffer.from(key));
}

/** Fails with both sides in words; vitest's own equality takes seconds for values of 70 KB. */
export function expectSame(found: Buffer | 'deleted' | undefined, wanted: Buffer | 'deleted' | undefined): void {
  const same = found instanceof Buffer && wanted instanceof Buffer ? found.equals(wanted) : found === wanted;
  if (!same) throw new Error(`found ${show(found)}, wanted ${show(wanted)}`);
}

export function expectVersion(found: Version, wanted: Version): void {
  expectSame(found.key, wanted.key);
  expectSame(found.value, wanted.value);
  if (found.sequence !== wanted.sequence || found.deleted !== wanted.deleted) {
    throw new Error(`found version ${found.sequence}, wanted ${wanted.sequence} of ${show(wanted.key)}`);
  }
}

export function expectVersions(found: readonly Version[], wanted: readonly Version[]): void {
  if (found.length !== wanted.length) throw new Error(`found ${found.length} versions, wanted ${wanted.length}`);
  for (let i = 0; i < wanted.length; i++) expectVersion(found[i]!, wanted[i]!);
}

function show(bytes: Buffer | 'deleted' | undefined): string {
  return bytes instanceof Buffer ? `${bytes.length} bytes ${bytes.toString('hex', 0, 24)}` : `${bytes}`;
}
