// The other thread of page-cache-reader.test.ts: reads random blocks out of the cache that it was handed, as they are evicted, and holds
// each against its number and the hash that a value of it has when nobody moves. Runs what was built.
import { parentPort, workerData } from 'node:worker_threads';
import { loadXxh3, XXH3_HIGH, XXH3_LOW, xxh3 } from '../../../dist/runtime/bytes/xxh3.js';
import { PageCacheReader } from '../../../dist/runtime/engine/cache/page-cache-reader.js';

const { handles, table, values, state } = workerData;
const blocks = values.length / 4;
/** Words of `state`: set by the test when it is enough; blocks read whole, blocks found torn and thrown away, torn ones answered. */
const [STOP, WHOLE, DISCARDED, TORN] = [0, 1, 2, 3];
const NUMBER_AT = 12;

await loadXxh3();
const reader = new PageCacheReader(handles);
let sought = 0;
let wasWhole = true;

function check(bytes, start, end) {
  const at = 4 * sought;
  xxh3(bytes, start + values[at], start + values[at + 1]);
  wasWhole = values[at + 2] === XXH3_LOW && values[at + 3] === XXH3_HIGH;
  return wasWhole ? bytes.readUInt32LE(end - NUMBER_AT) : -1;
}

for (let x = 1; Atomics.load(state, STOP) === 0; ) {
  x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
  const block = Math.floor((x / 2 ** 32) * blocks);
  sought = block;
  wasWhole = true;
  const number = reader.read(table, block, check);
  if (number === block) Atomics.add(state, WHOLE, 1);
  else if (number !== undefined) Atomics.add(state, TORN, 1);
  else if (!wasWhole) Atomics.add(state, DISCARDED, 1);
}
parentPort.postMessage('done');
