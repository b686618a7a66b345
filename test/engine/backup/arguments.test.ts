// Directories and options that no backup or database can have.
import { expect, test } from 'vitest';
import { openEngine, restoreBackup } from '../../../runtime/engine/index.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';

const NO_NAMES = [undefined, null, 5, '', 'a\0b'] as never[];

test('a backup needs a directory outside of the database, and options that are some', async () => {
  const vfs = new MemoryVfs();
  const engine = await openEngine({ vfs, path: '/db', durability: 'os', compaction: 'manual' });
  vfs.open('/file', 'create').close();
  for (const given of NO_NAMES) await expect(engine.backup(given)).rejects.toThrow(/^QDB4014: .*names no directory/);
  await expect(engine.backup('/db/inner')).rejects.toThrow(/^QDB4014: .*inside the database/);
  await expect(engine.backup('/elsewhere/../db/inner')).rejects.toThrow(/^QDB4014/);
  await expect(engine.backup('/file')).rejects.toThrow(/^QDB4032: .*backup/);
  for (const options of [null, 5, { incremental: 'yes' }] as never[]) {
    await expect(engine.backup('/backup', options)).rejects.toThrow(/^QDB4014: .*incremental/);
  }
  expect(vfs.exists('/backup')).toBe(false);
  expect((await engine.backup('/db-backup', {})).tables).toBe(0);
  engine.closeSync();
});

test('a restore needs two directories, the second outside of the first', async () => {
  const vfs = new MemoryVfs();
  const engine = await openEngine({ vfs, path: '/db', durability: 'os', compaction: 'manual' });
  await engine.backup('/backup');
  engine.closeSync();
  vfs.open('/file', 'create').close();
  for (const given of NO_NAMES) {
    await expect(restoreBackup(vfs, given, '/new')).rejects.toThrow(/^QDB4014/);
    await expect(restoreBackup(vfs, '/backup', given)).rejects.toThrow(/^QDB4014/);
  }
  await expect(restoreBackup(vfs, '/backup', '/backup/new')).rejects.toThrow(/^QDB4014: .*inside the backup/);
  await expect(restoreBackup(vfs, '/backup', '/file')).rejects.toThrow(/^QDB4032/);
  expect((await restoreBackup(vfs, '/backup', '/new')).tables).toBe(0);
});
