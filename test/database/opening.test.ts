// What openDatabase and its neighbours make of arguments that TypeScript would have refused.
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openPast, openStore } from '../../runtime/database/open.js';
import { type OpenOptions, opensPast } from '../../runtime/database/open-options.js';
import { openStore as openMigratingStore } from '../../runtime/migrate/open.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { NodeVfs } from '../../runtime/vfs/node.js';
import { openTest } from '../support/database.js';
import { field, model } from '../support/entities.js';

const NOTE = model('Note', [field('id', { kind: 'int32' })], []);

test.each([undefined, null, [], 5, {}, ''])('openDatabase(%j) says what to give', async (given) => {
  for (const open of [openStore, openMigratingStore]) {
    await expect(open(given as never, [], () => null)).rejects.toThrow(/^QDB4014: .*"\.\/data"/);
  }
});

test.each([
  ['compression', 'lz4', /compression is "lz4".*"zlib"/],
  ['clock', 5, /clock is 5.*function/],
  ['random', {}, /random is an object.*function/],
  ['warn', null, /warn is null.*function/],
  ['vfs', {}, /vfs is no file system.*open\(\).*MemoryVfs/],
  ['vfs', null, /vfs is no file system/],
  ['memory', '64', /memory is "64".*'64MB'/],
  ['memory', '64 MB', /memory is "64 MB"/],
  ['memory', '1e3MB', /memory is/],
  ['memory', null, /memory is null/],
  ['history', 7, /history is "7"/],
])('%s: %j is refused', async (name, value, message) => {
  const opening = openTest([NOTE], { [name]: value } as Partial<OpenOptions>);
  await expect(opening).rejects.toMatchObject({ code: 'QDB4014', message: expect.stringMatching(message) });
});

test('memory is a number of bytes, or a size with its unit', async () => {
  for (const memory of [1_000_000, '512KB', '64MB', '0.5GB'] as const) {
    await using db = await openTest([NOTE], { memory });
    expect(db.dao('Note').countSync()).toBe(0);
  }
});

test('a past is opened where one is given, and it must be a moment', async () => {
  expect(opensPast({ path: 'db', at: undefined } as never)).toBe(false);
  expect(opensPast({ path: 'db', at: new Date() })).toBe(true);
  for (const given of ['db', undefined, null, [], 5]) expect(opensPast(given as never)).toBe(false);
  const vfs = new MemoryVfs();
  await using db = await openTest([NOTE], { vfs, history: '7d' });
  for (const at of [undefined, null, '2020', 1.5, Number.NaN] as never[]) {
    expect(() => db.at(at)).toThrow(/^QDB4014: .*Date/);
    await expect(openPast({ path: 'db', vfs, at }, [], () => null)).rejects.toThrow(/^QDB4014/);
  }
});

test.runIf(existsSync('/proc/self'))('a directory that cannot be made is a typed error', async () => {
  const vfs = new NodeVfs();
  for (const path of ['/proc/nope', '/dev/null/data']) {
    await expect(openTest([NOTE], { vfs, path })).rejects.toMatchObject({ code: 'QDB4032' });
  }
});

test.each(['EROFS', 'EACCES', 'EIO'])('a lock that fails with %s is a typed error', async (code) => {
  const vfs = new MemoryVfs();
  const failing = Object.assign(vfs, {
    lock: () => {
      throw Object.assign(new Error(`${code}: no`), { code });
    },
  });
  await expect(openTest([NOTE], { vfs: failing })).rejects.toMatchObject({
    code: code === 'EIO' ? 'QDB4031' : 'QDB4032',
  });
});
