// The doctor finds each of many planted faults, and a repair saves every row that verifies, held against a model.
import { beforeAll, expect, test } from 'vitest';
import { loadXxh3 } from '../../runtime/bytes/xxh3.js';
import { diagnose, repair } from '../../runtime/database/doctor.js';
import { faultsOf } from './doctor-faults.js';
import { closedDatabase, codes, diskOf, filesOf, plain, rowsOf } from './doctor-rig.js';

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

test('each of the planted faults is found, and the repair saves every row that verifies', async () => {
  const { vfs, rows } = await closedDatabase();
  const files = filesOf(vfs);
  const faults = faultsOf(diskOf(files));
  expect(faults.length).toBeGreaterThanOrEqual(50);
  for (const fault of faults) {
    const disk = diskOf(files);
    fault.plant(disk);
    const found = await codes(disk);
    expect(
      found.some((code) => fault.codes.includes(code)),
      `${fault.name}: found ${found.join(' ')}`,
    ).toBe(true);
    await repair(disk, '/db', '/saved');
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
  }
}, 240_000);
