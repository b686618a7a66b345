// kill -9 during the import of fixtures/cities, 20 times at random moments: the database opens, holds a prefix of whole batches, and
// the import goes on from there to the end.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Project } from '../acceptance/project.js';

const KILLS = 20;

/** Opens what the killed import left and prints what it holds. */
const INSPECT = `
import { loadGazetteer } from './geonames.js';
import { BATCH } from './import.js';
import { openDatabase } from './quanta/index.js';

const { cities, regions, districts } = loadGazetteer();
const db = await openDatabase('./data');
for (const [name, dao, rows] of [['region', db.region, regions], ['district', db.district, districts], ['city', db.city, cities]]) {
  const count = await dao.count();
  if (count % BATCH !== 0 && count !== rows.length) throw new Error(name + ' holds ' + count + ' rows: no whole number of batches');
  const last = rows[count - 1];
  const next = rows[count];
  const key = name === 'district' ? 'code' : 'id';
  if (last && (await dao.get(last[key]))?.name !== last.name) throw new Error(name + ' lacks row ' + count);
  if (next && (await dao.get(next[key])) !== undefined) throw new Error(name + ' holds a row past its prefix');
}
const indexed = (await db.city.where((c) => c.latitude >= -91, { expression: { op: '>=', left: { op: 'field', path: ['latitude'] }, right: { op: 'literal', value: -91 } }, parameters: () => [] }).toArray()).length;
if (indexed !== (await db.city.count())) throw new Error('the index on latitude and the rows disagree');
await db.close();
console.log('consistent');
`;

let project: Project;

beforeAll(() => {
  project = new Project('cities');
  expect(project.tspc('-p', '.').stdout).toBe('');
  writeFileSync(join(project.path, 'dist/inspect.js'), INSPECT);
});

afterAll(() => project.remove());

/** Runs the import and kills it after `delay` milliseconds from its first batch; true when it ended by itself. */
function importAndKill(delay: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['dist/import.js', './data'], { cwd: project.path });
    let errors = '';
    let timer: NodeJS.Timeout | undefined;
    child.stdout.once('data', () => {
      timer = setTimeout(() => child.kill('SIGKILL'), delay);
    });
    child.stderr.on('data', (text) => {
      errors += text;
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL') resolve(false);
      else if (code === 0) resolve(true);
      else reject(new Error(errors));
    });
  });
}

test(`${KILLS} kills lose nothing but the batch in flight`, async () => {
  for (let kill = 0; kill < KILLS; kill++) {
    const delay = Math.random() * 60;
    const ended = await importAndKill(delay);
    const inspected = project.node('dist/inspect.js');
    expect(inspected.stdout.trim(), `killed after ${delay} ms: ${inspected.stderr}`).toBe('consistent');
    if (ended) project.node('-e', "require('node:fs').rmSync('data', { recursive: true })");
  }
  expect(project.node('dist/import.js', './data').status).toBe(0);
  expect(project.node('dist/inspect.js').stdout.trim()).toBe('consistent');
}, 300_000);
