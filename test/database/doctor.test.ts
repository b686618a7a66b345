// The doctor finds each of many planted faults, and a repair saves every row that verifies, held against a model.
import { createHash } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { loadXxh3 } from '../../runtime/bytes/xxh3.js';
import { diagnose, repair } from '../../runtime/database/doctor.js';
import { Manifest } from '../../runtime/engine/version/manifest.js';
import type { Vfs } from '../../runtime/vfs/vfs.js';
import { faultsOf, flip, put, tamper } from './doctor-faults.js';
import { closedDatabase, codes, diskOf, filesOf, openAll, plain, rowsOf } from './doctor-rig.js';

/** One of so many faults is planted, from another first one in every run; in `npm run test:deep` each of some 60 is. */
const EVERY = Number(process.env.FAULTS_EVERY ?? 2);
/** Each costs half a second on a machine at rest, many times that on one under load. */
const FAULTS_TIMEOUT_MS = 900_000;

beforeAll(() => loadXxh3());

test('a healthy database is found healthy, and its repair is the same', async () => {
  const { vfs, rows } = await closedDatabase();
  const before = filesOf(vfs);
  const diagnosis = await diagnose(vfs, '/db');
  expect(diagnosis.findings).toEqual([]);
  expect(diagnosis.healthy).toBe(true);
  await repair(vfs, '/db', '/saved');
  for (const [name, bytes] of filesOf(vfs))
    if (!name.startsWith('LOCK.')) expect(bytes.equals(before.get(name)!)).toBe(true);
  const saved = await rowsOf(vfs, '/saved');
  expect([...saved].map(([key, row]) => [key, plain(row)]).sort()).toEqual(
    [...rows].map(([key, row]) => [key, plain(row)]).sort(),
  );
  expect((await diagnose(vfs, '/saved')).findings).toEqual([]);
  await expect(repair(vfs, '/db', '/saved')).rejects.toMatchObject({ code: 'QDB4016' });
  await expect(diagnose(vfs, '/nowhere')).rejects.toMatchObject({ code: 'QDB4018' });
});

test('a backup is said to be one', async () => {
  const { vfs } = await closedDatabase();
  const { db } = await openAll(vfs, '/db');
  await db.backup('/backup');
  await db.close();
  await expect(diagnose(vfs, '/backup')).rejects.toMatchObject({ code: 'QDB4017' });
  await expect(repair(vfs, '/backup', '/saved')).rejects.toMatchObject({ code: 'QDB4017' });
});

test('where a schema is lost, an index that is damaged is left out; with the schema again it is built', async () => {
  const { vfs, rows } = await closedDatabase();
  tamper((engine) => put(engine, '$meta', Buffer.from('schema/Thing'), null))(vfs);
  const { version } = Manifest.open(vfs, '/db');
  const big = [...version.tables.values()].find(({ treeId }) => version.trees.get(treeId)!.name === 'Thing/big')!;
  flip(vfs, `/db/${String(big.id).padStart(6, '0')}.table`, 100);
  const { saved, findings } = await repair(vfs, '/db', '/saved');
  const trees = saved.map(({ tree }) => tree);
  expect(trees).toContain('Thing');
  expect(trees.filter((name) => name.startsWith('Thing/'))).toEqual(['Thing/count']);
  expect(findings.map(({ message }) => message).join()).toMatch(/Thing\/big holds\. Of this index .* leaves it out/);
  await rowsOf(vfs, '/saved');
  await repair(vfs, '/saved', '/again');
  expect((await rowsOf(vfs, '/again')).size).toBe(rows.size);
  expect((await diagnose(vfs, '/again')).findings).toEqual([]);
});

/** The same for directories of the same contents. */
function contentsOf(vfs: Vfs, path: string): string {
  const hash = createHash('sha256');
  for (const [name, bytes] of filesOf(vfs, path)) if (!name.startsWith('LOCK.')) hash.update(name).update(bytes);
  return hash.digest('hex');
}

test(
  'each of the planted faults is found, and the repair saves every row that verifies',
  async () => {
    const { vfs, rows } = await closedDatabase();
    const files = filesOf(vfs);
    const faults = faultsOf(diskOf(files));
    expect(faults.length).toBeGreaterThanOrEqual(50);
    // Faults of indexes and counters lead to one and the same repair, which need not be looked at again.
    const whole = new Set<string>();
    const first = Math.floor(Math.random() * EVERY);
    for (const fault of faults.filter((_, i) => i % EVERY === first)) {
      const disk = diskOf(files);
      fault.plant(disk);
      const found = await codes(disk);
      expect(
        found.some((code) => fault.codes.includes(code)),
        `${fault.name}: found ${found.join(' ')}`,
      ).toBe(true);
      await repair(disk, '/db', '/saved');
      const contents = contentsOf(disk, '/saved');
      if (whole.has(contents)) continue;
      const saved = await rowsOf(disk, '/saved');
      let lost = 0;
      for (const [key, row] of rows) {
        const other = saved.get(key);
        if (other !== undefined && plain(other) === plain(row)) continue;
        lost++;
        expect(fault.mayLose(key), `${fault.name}: ${key} was not saved`).toBe(true);
      }
      for (const key of saved.keys())
        expect(rows.has(key) || fault.mayLose(key), `${fault.name}: ${key} came back`).toBe(true);
      if (fault.name === 'log record') expect(lost).toBe(1);
      expect((await diagnose(disk, '/saved')).findings, fault.name).toEqual([]);
      if (lost === 0 && saved.size === rows.size) whole.add(contents);
    }
  },
  FAULTS_TIMEOUT_MS,
);
