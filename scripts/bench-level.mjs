// `npm run bench:level`: QuantaLevel beside classic-level, both through abstract-level and without syncs. Each round of each is a
// process of its own, in turns; the table shows the best of the rounds.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROUNDS = 5;
const ENTRIES = 100_000;
const BATCH = 1000;
const READS = 100_000;
const MANY = 100;
const CONTESTANTS = ['quantadb', 'classic-level'];

if (process.argv[2] === undefined) compare();
else console.log(JSON.stringify(await race(process.argv[2])));

function compare() {
  const rounds = new Map(CONTESTANTS.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of CONTESTANTS) {
      const output = execFileSync(process.execPath, [fileURLToPath(import.meta.url), name], { encoding: 'utf8' });
      rounds.get(name).push(JSON.parse(output));
    }
  }
  console.log(`| ${ENTRIES.toLocaleString('en')} entries, us each | ${CONTESTANTS.join(' | ')} | ratio |`);
  console.log('| --- | ---: | ---: | ---: |');
  for (const what of Object.keys(rounds.get(CONTESTANTS[0])[0])) {
    const [ours, theirs] = CONTESTANTS.map((name) => Math.min(...rounds.get(name).map((round) => round[what])));
    console.log(`| ${what} | ${ours.toFixed(2)} | ${theirs.toFixed(2)} | ${(ours / theirs).toFixed(2)} |`);
  }
}

/** Microseconds for one entry, by what was done. */
async function race(name) {
  const directory = mkdtempSync(join(tmpdir(), 'quantadb-bench-level-'));
  const Level =
    name === 'quantadb' ? (await import('quantadb/level')).QuantaLevel : (await import('classic-level')).ClassicLevel;
  const db = new Level(directory);
  await db.open();
  try {
    return await measure(db);
  } finally {
    await db.close();
    rmSync(directory, { recursive: true });
  }
}

async function measure(db) {
  const keys = Array.from({ length: ENTRIES }, (_, i) => `key${scatter(i).toString().padStart(13, '0')}`);
  const value = 'value '.repeat(17).slice(0, 100);
  const read = (i) => keys[scatter(i + 7) % ENTRIES];
  const times = {};
  const time = async (what, count, act) => {
    const start = performance.now();
    await act();
    times[what] = ((performance.now() - start) * 1000) / count;
  };
  await time(`put in batches of ${BATCH}`, ENTRIES, async () => {
    for (let at = 0; at < ENTRIES; at += BATCH) {
      await db.batch(keys.slice(at, at + BATCH).map((key) => ({ type: 'put', key, value })));
    }
  });
  await time('put, one awaited after the other', ENTRIES / 10, async () => {
    for (let i = 0; i < ENTRIES / 10; i++) await db.put(read(i), value);
  });
  await time('get', READS, async () => {
    for (let i = 0; i < READS; i++) await db.get(read(i));
  });
  await time('getSync', READS, () => {
    for (let i = 0; i < READS; i++) db.getSync(read(i));
  });
  await time(`getMany of ${MANY}`, READS, async () => {
    for (let i = 0; i < READS; i += MANY) await db.getMany(Array.from({ length: MANY }, (_, j) => read(i + j)));
  });
  await time('iterate, for await', ENTRIES, async () => {
    for await (const _ of db.iterator());
  });
  await time('iterate, nextv(1000)', ENTRIES, async () => {
    const iterator = db.iterator();
    while ((await iterator.nextv(1000)).length > 0);
    await iterator.close();
  });
  return times;
}

/** A permutation of the 32-bit integers, so that neighbours lie far apart. */
function scatter(i) {
  return Math.imul(i, 0x9e3779b1) >>> 0;
}
