// `quantadb doctor`: what it says, and its exit codes; as a user runs it, as a process of its own, and within this one.
import { readdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { doctorCommand } from '../../cli/commands/doctor.js';
import { NodeVfs } from '../../runtime/vfs/node.js';
import { TestProject } from '../hosts/project.js';
import { openGenerated } from '../support/database.js';
import { field, index, model } from '../support/entities.js';
import { runCommand } from './in-process.js';

const ITEM = model(
  'Item',
  [field('id', { kind: 'int32' }), field('name', { kind: 'string' })],
  [index(['name'], { unique: true })],
);

let project: TestProject;
beforeAll(async () => {
  project = TestProject.copyOf('contract');
  await using db = await openGenerated([ITEM], { vfs: new NodeVfs(), path: project.file('data') });
  await db.dao('Item').putMany(Array.from({ length: 3_000 }, (_, id) => ({ id, name: `item ${id}` })));
});
afterAll(() => project.remove());

const doctor = (...args: string[]) => runCommand(doctorCommand, args, { directory: project.path });

async function damage(): Promise<void> {
  const table = readdirSync(project.file('data')).find((name) => name.endsWith('.table'))!;
  const file = await open(project.file(`data/${table}`), 'r+');
  await file.write(Buffer.from([1, 2, 3, 4]), 0, 4, 100);
  await file.close();
}

test('0 for a healthy database, 1 for a damaged one and for none, 2 for a wrong call', async () => {
  const healthy = await project.quantadb('doctor', 'data', '--json');
  expect(healthy.code).toBe(0);
  expect(JSON.parse(healthy.stdout)).toMatchObject({ healthy: true, entities: [{ name: 'Item', rows: 3_000 }] });
  await damage();
  const { code, stdout, stderr } = await project.quantadb('doctor', 'data');
  expect([code, stdout, stderr]).toEqual([1, expect.stringContaining('QDB4206'), expect.stringContaining('--repair')]);
  const findings = await doctor('data', '--json');
  expect([findings.code, JSON.parse(findings.stdout).healthy]).toEqual([1, false]);
  const repair = await project.quantadb('doctor', 'data', '--repair', 'saved', '--json');
  expect([repair.code, JSON.parse(repair.stdout).saved.length]).toEqual([0, 3]);
  expect((await doctor('saved')).code).toBe(0);
  expect((await doctor('data', '--repair', 'saved')).code).toBe(1);
  expect((await doctor('nowhere')).code).toBe(1);
  expect((await project.quantadb('doctor', 'data', '--mend')).code).toBe(2);
});

/** Megabytes of heap that 200,000 rows and their index entries, held at once, would not fit into. */
const HEAP_MEGABYTES = 48;

test('a database that is larger than the heap is examined all the same', async () => {
  const rows = 200_000;
  {
    await using db = await openGenerated([ITEM], { vfs: new NodeVfs(), path: project.file('large') });
    await db.dao('Item').putMany(Array.from({ length: rows }, (_, id) => ({ id, name: `item ${id}` })));
  }
  const url = (path: string): string => JSON.stringify(new URL(`../../dist/runtime/${path}`, import.meta.url).href);
  const script = `import { diagnose } from ${url('database/doctor.js')}; import { NodeVfs } from ${url('vfs/node.js')};
    console.log(JSON.stringify(await diagnose(new NodeVfs(), 'large')));`;
  const limit = `--max-old-space-size=${HEAP_MEGABYTES}`;
  const { code, stdout, stderr } = await project.node(limit, '--input-type=module', '--eval', script);
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({ healthy: true, entities: [{ rows }] });
});
