// How much memory a load of any length takes: `npm run bench:bulk-memory [-- --rows=1000000]`. Small rows with a unique index come from an
// async iterable, 10,000,000 of them; the codes come in no order, so that each chunk is looked for among all rows before it. At
// the end a row repeats a code of an early chunk, and another one of its own chunk: both must be refused.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { argv } from 'node:process';
import { openDatabase } from './quanta/index.js';

const ROWS = Number(argv.find((arg) => arg.startsWith('--rows='))?.slice('--rows='.length) ?? 10_000_000);
/** Peak of the process's resident memory that must not be passed, in MB. */
const MOST_MB = 512;

interface EventInput {
  id: number;
  code: string;
  value: number;
}

/** Odd, so that multiplying by it permutes the 32-bit numbers: codes are distinct, and in no order. */
const SCATTER = 0x9e3779b1;
const codeOf = (id: number): string => (Math.imul(id, SCATTER) >>> 0).toString(36);

async function* events(from: number, count: number): AsyncGenerator<EventInput> {
  for (let id = from; id < from + count; id++) yield { id, code: codeOf(id), value: id % 1000 };
}

async function* withRepeated(id: number): AsyncGenerator<EventInput> {
  yield* events(ROWS + 1, 5_000);
  yield { id: 2 * ROWS, code: codeOf(id), value: 0 };
}

const peakMegabytes = (): number => process.resourceUsage().maxRSS / 1000;

const directory = mkdtempSync(join(tmpdir(), 'quantadb-bulk-memory-'));
try {
  const db = await openDatabase({ path: directory });
  const before = peakMegabytes();
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const started = performance.now();
  const stored = await db.event.putMany(events(1, ROWS));
  const seconds = (performance.now() - started) / 1000;
  delays.disable();
  const peak = peakMegabytes();
  for (const id of [7, ROWS + 7]) {
    const refusal = await db.event.putMany(withRepeated(id)).catch((error: { code?: string }) => error.code);
    if (refusal !== 'QDB4101') throw new Error(`a repeated code was not refused: ${refusal}`);
  }
  if (db.event.countSync() !== ROWS) throw new Error(`${db.event.countSync()} rows instead of ${ROWS}`);
  await db.close();
  console.log(
    `${stored.toLocaleString('en')} rows in ${seconds.toFixed(1)} s: ${Math.round(stored / seconds).toLocaleString('en')} rows/s`,
  );
  console.log(`resident memory: ${Math.round(before)} MB before, ${Math.round(peak)} MB at most (bound ${MOST_MB})`);
  console.log(
    `event loop: held for ${(delays.max / 1e6).toFixed(0)} ms at most, 99.9 % of the time under ${(delays.percentile(99.9) / 1e6).toFixed(0)} ms`,
  );
  if (peak > MOST_MB) process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
