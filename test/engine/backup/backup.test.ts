// Backups and their restoring, at the engine's face: consistent while writes go on, none when not finished, checked before use.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { loadXxh3 } from '../../../runtime/bytes/xxh3.js';
import { type Engine, openEngine, restoreBackup } from '../../../runtime/engine/index.js';
import { openEngineSync } from '../../../runtime/engine/open.js';
import { CorruptionError, QuantaError } from '../../../runtime/errors.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';
import { NodeVfs } from '../../../runtime/vfs/node.js';
import type { Vfs } from '../../../runtime/vfs/vfs.js';
import { FaultyVfs } from '../../support/faulty-vfs.js';
import { seeded } from '../../support/random.js';
import { bytes, drain } from '../model.js';

const SMALL = { memtableBytes: 4096, tableBytes: 8192, levelBytes: 16 * 1024, durability: 'os' } as const;

beforeAll(() => loadXxh3());

function open(vfs: Vfs, path = '/db'): Engine {
  return openEngineSync({ vfs, path, ...SMALL });
}

/** Writes `count` keys, each `width` bytes wide, whose value is the number of the commit. */
function write(engine: Engine, from: number, count: number): void {
  const tree = engine.openTree('t', { keySize: null });
  const batch = engine.createBatch();
  for (let i = from; i < from + count; i++) {
    batch.clear();
    const key = bytes(`key ${(i * 7919) % 500}`);
    const value = bytes(`${i}`.padStart(60, '.'));
    batch.put(tree, key, key.length, value, 0, value.length);
    engine.writeSync(batch);
  }
}

function contents(engine: Engine): [string, string][] {
  return drain(engine.trees.get('t')!.cursor());
}

async function restored(vfs: Vfs, backup: string, path = '/restored'): Promise<[string, string][]> {
  await restoreBackup(vfs, backup, path);
  const engine = open(vfs, path);
  try {
    return contents(engine);
  } finally {
    engine.closeSync();
  }
}

function damage(vfs: Vfs, path: string, offset: number): void {
  const file = vfs.open(path, 'write');
  const byte = Buffer.alloc(1);
  file.read(byte, 0, 1, offset);
  byte[0]! ^= 0x40;
  file.write(byte, 0, 1, offset);
  file.close();
}

/** Without links, so that a copy goes through the file system's calls. */
function copying(): MemoryVfs {
  return Object.assign(new MemoryVfs(), { link: () => false });
}

function tablesIn(vfs: Vfs, path: string): string[] {
  return vfs.list(path).filter((name) => name.endsWith('.table'));
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof QuantaError) return error.code;
    throw error;
  }
  return 'nothing thrown';
}

test.each([
  ['linked', () => new MemoryVfs()],
  ['copied', copying],
])('a backup (%s) is the state at its call, though writes and compactions go on', async (how, makeVfs) => {
  const vfs = makeVfs();
  const engine = open(vfs);
  write(engine, 0, 700);
  const before = contents(engine);
  const { sequence } = engine;
  let done = false;
  const backup = engine.backup('/backup').finally(() => {
    done = true;
  });
  for (let i = 0; !done; i++) {
    write(engine, 1000 + 100 * i, 100);
    await engine.compact(true);
    await setImmediate();
  }
  const summary = await backup;
  expect(summary.sequence).toBe(sequence);
  expect(how === 'linked' ? summary.linked : summary.copied).toBe(summary.tables);
  expect(contents(engine)).not.toEqual(before);
  await engine.close();
  expect(await restored(vfs, '/backup')).toEqual(before);
});

test('the disk links, and the backup outlives the database', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'quantadb-backup-'));
  try {
    const vfs = new NodeVfs();
    const [path, backup] = [join(directory, 'db'), join(directory, 'backup')];
    const engine = await openEngine({ vfs, path, ...SMALL });
    write(engine, 0, 300);
    const expected = contents(engine);
    const summary = await engine.backup(backup);
    expect(summary).toMatchObject({ linked: summary.tables, copied: 0, bytesCopied: 0 });
    expect(statSync(join(backup, tablesIn(vfs, backup)[0]!)).nlink).toBe(2);
    await engine.close();
    rmSync(path, { recursive: true });
    expect(await restored(vfs, backup, path)).toEqual(expected);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('incremental: only lacking tables are written, a damaged one anew, and old ones go', async () => {
  const vfs = copying();
  const engine = open(vfs);
  write(engine, 0, 600);
  await engine.compact(true);
  const first = await engine.backup('/backup');
  expect(first.copied).toBe(first.tables);
  write(engine, 600, 5);
  const second = await engine.backup('/backup', { incremental: true });
  expect(second).toMatchObject({ kept: first.tables, copied: second.tables - first.tables });

  damage(vfs, `/backup/${tablesIn(vfs, '/backup')[0]}`, 100);
  const third = await engine.backup('/backup', { incremental: true });
  expect(third).toMatchObject({ kept: second.tables - 1, copied: 1 });

  write(engine, 700, 600);
  await engine.compact(true);
  const fourth = await engine.backup('/backup', { incremental: true });
  expect(tablesIn(vfs, '/backup')).toHaveLength(fourth.tables);
  const expected = contents(engine);
  await engine.close();
  expect(await restored(vfs, '/backup')).toEqual(expected);
});

test('whatever call of an incremental backup fails, what is there is the earlier backup, the new one, or none', async () => {
  const states: [string, string][][] = [];
  let outcomes = '';
  const random = seeded(5);
  for (let failing = 0; ; failing += 1 + Math.floor(random() * 4)) {
    const vfs = new FaultyVfs();
    const engine = open(vfs);
    write(engine, 0, 120);
    states[0] = contents(engine);
    await engine.backup('/backup');
    write(engine, 200, 40);
    engine.flush();
    states[1] = contents(engine);
    const start = vfs.calls;
    vfs.plan = ({ index, path }) => (index >= start + failing && path.startsWith('/backup') ? 'EIO' : undefined);
    const failed = await engine.backup('/backup', { incremental: true }).then(
      () => false,
      () => true,
    );
    vfs.plan = () => undefined;
    // The power goes, too: what a disk would have kept of it.
    const disk = vfs.disk().afterCut('some', random);
    const found = await restored(disk, '/backup').catch((error: unknown) => {
      if (!(error instanceof QuantaError)) throw error;
      return error.code;
    });
    const state = states.findIndex((one) => JSON.stringify(one) === JSON.stringify(found));
    expect(failed ? [0, 1] : [1], JSON.stringify(found).slice(0, 80)).toContain(state);
    outcomes += state;
    // The engine is none the worse for it, and the next backup succeeds.
    await engine.backup('/backup', { incremental: true });
    engine.closeSync();
    expect(await restored(vfs, '/backup')).toEqual(states[1]);
    if (!failed) break;
  }
  expect(outcomes).toMatch(/^0+1+$/);
});

test('a half backup is none, and neither opens', async () => {
  const vfs = copying();
  const engine = open(vfs);
  write(engine, 0, 300);
  await engine.backup('/backup');
  engine.closeSync();
  expect(codeOf(() => open(vfs, '/backup'))).toBe('QDB4017');
  vfs.remove('/backup/BACKUP');
  expect(codeOf(() => open(vfs, '/backup'))).toBe('QDB4010');
  await expect(restoreBackup(vfs, '/backup', '/new')).rejects.toMatchObject({ code: 'QDB4015' });
  expect(vfs.exists('/new')).toBe(false);
});

test('damage anywhere in a backup is found before anything is written', async () => {
  const vfs = copying();
  const engine = open(vfs);
  write(engine, 0, 300);
  await engine.backup('/backup');
  engine.closeSync();
  const random = seeded(1);
  for (const name of vfs.list('/backup').filter((one) => !one.startsWith('LOCK.'))) {
    const file = vfs.open(`/backup/${name}`, 'read');
    const size = file.size();
    file.close();
    for (let i = 0; i < 8; i++) {
      const offset = Math.floor(random() * size);
      damage(vfs, `/backup/${name}`, offset);
      const error: unknown = await restoreBackup(vfs, '/backup', '/new').catch((thrown: unknown) => thrown);
      if (name === 'BACKUP') expect(error).toMatchObject({ code: 'QDB4015' });
      else expect(error).toBeInstanceOf(CorruptionError);
      expect(vfs.exists('/new')).toBe(false);
      damage(vfs, `/backup/${name}`, offset);
    }
  }
  vfs.remove(`/backup/${tablesIn(vfs, '/backup')[0]}`);
  await expect(restoreBackup(vfs, '/backup', '/new')).rejects.toThrow(/is missing/);
});

test('nothing is overwritten', async () => {
  const vfs = new MemoryVfs();
  const engine = open(vfs);
  write(engine, 0, 300);
  const other = open(vfs, '/other');
  write(other, 5000, 310);
  await engine.backup('/backup');
  await expect(engine.backup('/backup')).rejects.toMatchObject({ code: 'QDB4016' });
  await expect(engine.backup('/other')).rejects.toMatchObject({ code: 'QDB4020' });
  await expect(other.backup('/backup', { incremental: true })).rejects.toMatchObject({ code: 'QDB4016' });
  const expected = contents(engine);
  engine.closeSync();
  other.closeSync();
  await expect(restoreBackup(vfs, '/backup', '/other')).rejects.toMatchObject({ code: 'QDB4016' });
  expect(await restored(vfs, '/backup')).toEqual(expected);
});

test('closing the database ends a backup', async () => {
  const vfs = copying();
  const engine = open(vfs);
  write(engine, 0, 300);
  const backup = engine.backup('/backup');
  engine.closeSync();
  await expect(backup).rejects.toMatchObject({ code: 'QDB4040' });
  expect(vfs.exists('/backup/BACKUP')).toBe(false);
});
