// What stands in the place of a backup: another one's, a later one, half of one, something else; and tables of many pieces.
import { beforeAll, expect, test } from 'vitest';
import { loadXxh3 } from '../../../runtime/bytes/xxh3.js';
import { xxh32 } from '../../../runtime/bytes/xxh32.js';
import { type Engine, restoreBackup } from '../../../runtime/engine/index.js';
import { openEngineSync } from '../../../runtime/engine/open.js';
import { encodeManifest } from '../../../runtime/engine/version/manifest-log.js';
import { ClosedError } from '../../../runtime/errors.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';
import type { Vfs } from '../../../runtime/vfs/vfs.js';
import { bytes, drain } from '../model.js';

beforeAll(() => loadXxh3());

function open(vfs: Vfs, path = '/db'): Engine {
  return openEngineSync({ vfs, path, durability: 'os', compaction: 'manual' });
}

function put(engine: Engine, key: string, value: Buffer): void {
  const batch = engine.createBatch();
  const tree = engine.openTree('t', { keySize: null });
  batch.put(tree, bytes(key), key.length, value, 0, value.length);
  engine.writeSync(batch);
}

/** Without links, so that tables are copied. */
function copying(): MemoryVfs {
  return Object.assign(new MemoryVfs(), { link: () => false });
}

function writeFile(vfs: Vfs, path: string, content: Buffer): void {
  const file = vfs.open(path, 'write');
  file.truncate(0);
  file.write(content, 0, content.length, 0);
  file.close();
}

function readFile(vfs: Vfs, path: string): Buffer {
  const file = vfs.open(path, 'read');
  const content = Buffer.alloc(file.size());
  file.read(content, 0, content.length, 0);
  file.close();
  return content;
}

test('a directory that holds something else is left alone', async () => {
  const vfs = new MemoryVfs();
  const engine = open(vfs);
  put(engine, 'a', bytes('1'));
  vfs.mkdir('/papers');
  writeFile(vfs, '/papers/thesis.txt', bytes('years of work'));
  await expect(engine.backup('/papers', { incremental: true })).rejects.toThrow(/QDB4016: .*thesis\.txt is there/);
  expect(vfs.list('/papers').filter((name) => !name.startsWith('LOCK.'))).toEqual(['thesis.txt']);
  engine.closeSync();
});

test('what an interrupted backup left is made a whole one', async () => {
  const vfs = copying();
  const engine = open(vfs);
  put(engine, 'a', bytes('1'));
  const { tables } = await engine.backup('/backup');
  vfs.remove('/backup/BACKUP');
  writeFile(vfs, '/backup/BACKUP.tmp', bytes('half'));
  expect(await engine.backup('/backup', { incremental: true })).toMatchObject({ kept: tables, copied: 0 });
  engine.closeSync();
  await restoreBackup(vfs, '/backup', '/new');
  const restored = open(vfs, '/new');
  expect(drain(restored.trees.get('t')!.cursor())).toEqual([['a', '1']]);
  restored.closeSync();
});

test('a later state is not overwritten by an earlier one', async () => {
  const vfs = copying();
  const engine = open(vfs);
  put(engine, 'a', bytes('1'));
  await engine.backup('/early');
  put(engine, 'a', bytes('2'));
  await engine.backup('/late');
  engine.closeSync();
  await restoreBackup(vfs, '/early', '/old');
  const old = open(vfs, '/old');
  await expect(old.backup('/late', { incremental: true })).rejects.toThrow(/QDB4016: .*of a later state/);
  await old.backup('/early', { incremental: true });
  old.closeSync();
});

test('a BACKUP of another release, or one that contradicts itself, is refused by name', async () => {
  const vfs = copying();
  const engine = open(vfs);
  put(engine, 'a', bytes('1'));
  await engine.backup('/backup');
  engine.closeSync();
  const whole = readFile(vfs, '/backup/BACKUP');
  const other = Buffer.from(whole);
  other.writeUInt32LE(999, 8);
  other.writeUInt32LE(xxh32(new DataView(other.buffer, other.byteOffset), 0, 12), 12);
  writeFile(vfs, '/backup/BACKUP', other);
  await expect(restoreBackup(vfs, '/backup', '/new')).rejects.toThrow(/QDB4011: .*format version 999/);
  writeFile(vfs, '/backup/BACKUP', encodeManifest({ removeTables: [7] }));
  await expect(restoreBackup(vfs, '/backup', '/new')).rejects.toMatchObject({
    code: 'QDB4015',
    cause: { code: 'QDB4012' },
  });
  writeFile(vfs, '/backup/BACKUP', Buffer.concat([whole, whole]));
  await expect(restoreBackup(vfs, '/backup', '/new')).rejects.toThrow(/QDB4015: .*BACKUP is damaged/);
  expect(vfs.exists('/new')).toBe(false);
});

test('tables of many pieces are copied and compared to their last byte', async () => {
  const vfs = copying();
  const engine = open(vfs);
  // Copies go in pieces of 256 KiB.
  const values = ['a', 'b', 'c', 'd', 'e'].map((key, i) => [key, Buffer.alloc(250_000, i + 1)] as const);
  for (const [key, value] of values) put(engine, key, value);
  const { tables, bytesCopied } = await engine.backup('/backup');
  expect(bytesCopied).toBeGreaterThan(1_000_000);
  const large = vfs
    .list('/backup')
    .filter((name) => name.endsWith('.table'))
    .find((name) => readFile(vfs, `/backup/${name}`).length > 1_000_000);
  const content = readFile(vfs, `/backup/${large}`);
  const changes: ((copy: Buffer) => Buffer)[] = [
    (copy) => {
      copy[copy.length - 1]! ^= 1;
      return copy;
    },
    (copy) => copy.subarray(0, copy.length - 1),
    (copy) => Buffer.concat([copy, Buffer.alloc(1)]),
  ];
  for (const change of changes) {
    writeFile(vfs, `/backup/${large}`, change(Buffer.from(content)));
    expect(await engine.backup('/backup', { incremental: true })).toMatchObject({ kept: tables - 1, copied: 1 });
    expect(readFile(vfs, `/backup/${large}`).equals(content)).toBe(true);
  }
  engine.closeSync();
  await restoreBackup(vfs, '/backup', '/new');
  const restored = open(vfs, '/new');
  expect(drain(restored.trees.get('t')!.cursor())).toEqual(
    values.map(([key, value]) => [key, value.toString('latin1')]),
  );
  restored.closeSync();
});

/** A database with a table of its own for each of three trees, and the names of the tables. */
function threeTables(vfs: Vfs): { engine: Engine; names: string[] } {
  const engine = open(vfs);
  for (const name of ['t', 'u', 'v']) {
    const batch = engine.createBatch();
    batch.put(engine.openTree(name, { keySize: null }), bytes('a'), 1, bytes(name), 0, 1);
    engine.writeSync(batch);
  }
  engine.flush();
  return { engine, names: vfs.list('/db').filter((name) => name.endsWith('.table')) };
}

function rot(vfs: Vfs, path: string): void {
  const content = readFile(vfs, path);
  content[10]! ^= 1;
  writeFile(vfs, path, content);
}

const backupOf = (vfs: Vfs): Map<string, string> =>
  new Map(
    vfs
      .list('/backup')
      .filter((name) => !name.startsWith('LOCK.'))
      .map((name) => [name, readFile(vfs, `/backup/${name}`).toString('latin1')]),
  );

test('a table that has rotted in the database does not replace the one in the backup', async () => {
  const vfs = copying();
  const { engine, names } = threeTables(vfs);
  await engine.backup('/backup');
  const before = backupOf(vfs);
  rot(vfs, `/db/${names[2]}`);
  await expect(engine.backup('/backup', { incremental: true })).rejects.toMatchObject({
    code: 'QDB4010',
    file: `/db/${names[2]}`,
  });
  expect(backupOf(vfs)).toEqual(before);
  // Nor is another table replaced, damaged in the backup, before that is known.
  rot(vfs, `/backup/${names[0]}`);
  const half = backupOf(vfs);
  await expect(engine.backup('/backup', { incremental: true })).rejects.toMatchObject({ code: 'QDB4010' });
  expect(backupOf(vfs)).toEqual(half);
  rot(vfs, `/db/${names[2]}`);
  expect(await engine.backup('/backup', { incremental: true })).toMatchObject({ kept: 2, copied: 1 });
  expect(backupOf(vfs)).toEqual(before);
  engine.closeSync();
});

test('a damaged table is not copied into a new backup', async () => {
  const vfs = copying();
  const { engine, names } = threeTables(vfs);
  rot(vfs, `/db/${names[1]}`);
  await expect(engine.backup('/backup')).rejects.toMatchObject({ code: 'QDB4010', file: `/db/${names[1]}` });
  expect(vfs.exists('/backup/BACKUP')).toBe(false);
  engine.closeSync();
});

test('nor is it linked, or kept as an earlier backup linked it', async () => {
  const vfs = new MemoryVfs();
  const { engine, names } = threeTables(vfs);
  expect(await engine.backup('/backup')).toMatchObject({ linked: 3 });
  rot(vfs, `/db/${names[1]}`);
  for (const [directory, incremental] of [
    ['/backup', true],
    ['/other', false],
  ] as const) {
    const damaged = { code: 'QDB4010', file: `/db/${names[1]}` };
    await expect(engine.backup(directory, { incremental })).rejects.toMatchObject(damaged);
  }
  expect(vfs.exists('/other/BACKUP')).toBe(false);
  engine.closeSync();
});

test('a database that is closed in the midst of it has no backup, and no table is missed', async () => {
  const vfs = new MemoryVfs();
  const { engine } = threeTables(vfs);
  const backup = engine.backup('/backup');
  // From now on the backup alone keeps its tables.
  await Promise.all([engine.compact(true), expect(backup).rejects.toBeInstanceOf(ClosedError), engine.close()]);
  expect(vfs.exists('/backup/BACKUP')).toBe(false);
});
