// The other thread of page-cache-reader.test.ts: reads random blocks out of the cache that it was handed, as they are evicted, and holds
// each against its checksum and its number. Runs what was built.
import { parentPort, workerData } from 'node:worker_threads';
import { loadXxh3, XXH3_HIGH, XXH3_LOW, xxh3 } from '../../../dist/runtime/bytes/xxh3.js';
import { PageCacheReader } from '../../../dist/runtime/engine/cache/page-cache-reader.js';

const { handles, table, blocks, state } = workerData;
/** Words of `state`: set by the test when it is enough; blocks read whole, blocks found torn and thrown away, torn ones answered. */
const [STOP, WHOLE, DISCARDED, TORN] = [0, 1, 2, 3];
const CHECKSUM_BYTES = 8;
const NUMBER_AT = 12;

await loadXxh3();
const reader = new PageCacheReader(handles);
let wasWhole = true;

function check(bytes, start, end) {
  xxh3(bytes, start, end - CHECKSUM_BYTES);
  wasWhole = bytes.readUInt32LE(end - 8) === XXH3_LOW && bytes.readUInt32LE(end - 4) === XXH3_HIGH;
  return wasWhole ? bytes.readUInt32LE(end - NUMBER_AT) : -1;
}

for (let x = 1; Atomics.load(state, STOP) === 0; ) {
  x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
  const block = Math.floor((x / 2 ** 32) * blocks);
  wasWhole = true;
  const number = reader.read(table, block, check);
  if (number === block) Atomics.add(state, WHOLE, 1);
  else if (number !== undefined) Atomics.add(state, TORN, 1);
  else if (!wasWhole) Atomics.add(state, DISCARDED, 1);
}
parentPort.postMessage('done');
