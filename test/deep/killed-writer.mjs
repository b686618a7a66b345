// The child of kill.test.ts: `node killed-writer.mjs <directory> <first>` opens the built engine and writes the numbered commits from
// `first` on, alone, many in flight or as loads, and prints each number once the commit is acknowledged. It goes on until it is killed.
import { writeSync } from 'node:fs';
import { openEngine } from '../../dist/runtime/engine/index.js';
import { NodeVfs } from '../../dist/runtime/vfs/node.js';
import { commit } from './numbered-commits.mjs';

const STDOUT = 1;
const [path, first] = process.argv.slice(2);

const engine = await openEngine({
  vfs: new NodeVfs(),
  path,
  memtableBytes: 16 * 1024,
  tableBytes: 16 * 1024,
  levelBytes: 32 * 1024,
  logGrowBytes: 64 * 1024,
});
const rows = engine.openTree('rows', { keySize: 4 });
const index = engine.openTree('index', { keySize: null });

function fill(target, { puts, deletes }) {
  for (const { row, key, value } of puts) {
    target.beginPut(rows, row, 4).append(value);
    target.endPut();
    target.beginPut(index, key, key.length).append(row);
    target.endPut();
  }
  for (const { row, key } of deletes) {
    target.delete(rows, row, 4);
    target.delete(index, key, key.length);
  }
}

function acknowledge(number) {
  writeSync(STDOUT, `${number}\n`);
}

for (let number = Number(first); ; ) {
  const now = commit(number);
  if (now.kind === 'load') {
    const load = engine.bulkLoad();
    fill(load, now);
    await load.finish();
    acknowledge(number++);
  } else if (now.kind === 'sync') {
    const batch = engine.createBatch();
    fill(batch, now);
    engine.writeSync(batch);
    acknowledge(number++);
  } else {
    const inFlight = [];
    for (; commit(number).kind === 'async' && inFlight.length < 10; number++) {
      const batch = engine.createBatch();
      fill(batch, commit(number));
      const mine = number;
      inFlight.push(engine.write(batch).then(() => acknowledge(mine)));
    }
    await Promise.all(inFlight);
  }
}
