// A load from an async iterable takes as much memory as one chunk of it, however many rows come; and what it must find among the rows
// before it is found. `npm run bench:bulk-memory` shows it with ten times as many.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UniqueViolationError } from '../../runtime/errors.js';
import { NodeVfs } from '../../runtime/vfs/node.js';
import { openTest } from '../support/database.js';
import { field, index, model, type Values } from '../support/entities.js';

const ROWS = 1_000_000;
/** What the process may grow by: a chunk, the page cache, filters and indexes of tables, the compaction thread. In bytes. */
const MOST_GROWTH = 256 * 1024 * 1024;
const ROWS_PER_LOOK = 10_000;

const EVENT = model(
  'Event',
  [field('id', { kind: 'int32' }), field('code', { kind: 'string' }), field('value', { kind: 'int32' })],
  [index(['code'], { unique: true })],
);

/** Odd, so that multiplying by it permutes the 32-bit numbers: codes are distinct, and in no order. */
const SCATTER = 0x9e3779b1;
const codeOf = (id: number): string => (Math.imul(id, SCATTER) >>> 0).toString(36);

async function* events(from: number, count: number, look: () => void = () => undefined): AsyncGenerator<Values> {
  for (let id = from; id < from + count; id++) {
    if (id % ROWS_PER_LOOK === 0) look();
    yield { id, code: codeOf(id), value: id % 1000 };
  }
}

async function* withRepeated(id: number): AsyncGenerator<Values> {
  yield* events(ROWS + 1, 5_000);
  yield { id: 2 * ROWS, code: codeOf(id), value: 0 };
}

test('a million rows from an async iterable are loaded within the memory of a few chunks', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'quantadb-bulk-memory-'));
  try {
    await using db = await openTest([EVENT], { path: directory, vfs: new NodeVfs() });
    const dao = db.dao('Event');
    const before = process.memoryUsage.rss();
    let peak = before;
    const look = (): void => {
      peak = Math.max(peak, process.memoryUsage.rss());
    };
    expect(await dao.putMany(events(1, ROWS, look))).toBe(ROWS);
    expect(peak - before).toBeLessThan(MOST_GROWTH);
    for (const id of [7, ROWS + 7]) {
      const refusal: unknown = await dao.putMany(withRepeated(id)).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(UniqueViolationError);
      expect(refusal).toMatchObject({ index: 'code', value: codeOf(id) });
    }
    expect(dao.countSync()).toBe(ROWS);
    expect(dao.getBy(0, codeOf(ROWS))?.id).toBe(ROWS);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
