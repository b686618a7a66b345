// The compaction worker without its thread: the module runs here, on a channel of the test.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadXxh3 } from '../../../runtime/bytes/xxh3.js';
import type { MergeTask } from '../../../runtime/engine/compaction/merge.js';
import {
  ANSWERS,
  type AnswerMessage,
  CANCELLED,
  errorOf,
  failureMessage,
  SIGNAL_WORDS,
} from '../../../runtime/engine/compaction/worker-messages.js';
import { createTable } from '../../../runtime/engine/table/writer.js';
import { CorruptionError, DiskFullError, StorageError } from '../../../runtime/errors.js';
import { NodeVfs } from '../../../runtime/vfs/node.js';

const { port1: port, port2 } = new MessageChannel();
const signal = new Int32Array(new SharedArrayBuffer(SIGNAL_WORDS * Int32Array.BYTES_PER_ELEMENT));

function throughMessage(error: unknown): Error {
  return errorOf((failureMessage(error) as Extract<AnswerMessage, { failure: object }>).failure);
}

describe('an error on its way between threads', () => {
  it('keeps its class, code and message as far as its receiver needs them', () => {
    const full = throughMessage(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
    expect(full).toBeInstanceOf(DiskFullError);
    const damage = new CorruptionError('/db/1.table', 7, 'a checksum is wrong');
    const damaged = throughMessage(damage);
    expect(damaged).toBeInstanceOf(StorageError);
    expect(damaged).toMatchObject({ code: 'QDB4010', message: damage.message });
    const failed = throughMessage(Object.assign(new Error('input/output error'), { code: 'EIO' }));
    expect(failed).toMatchObject({ code: 'EIO', message: 'input/output error' });
    expect(throughMessage('a word')).toEqual(new Error('a word'));
  });
});

describe('the worker', () => {
  let path = '';

  beforeAll(async () => {
    path = mkdtempSync(join(tmpdir(), 'quantadb-merge-'));
    await loadXxh3();
    vi.doMock('node:worker_threads', () => ({ workerData: { port: port2, signal } }));
    await import('../../../runtime/engine/compaction/worker.js');
    vi.doUnmock('node:worker_threads');
  });

  afterAll(() => {
    port.close();
    rmSync(path, { recursive: true });
  });

  const answerTo = (task: MergeTask): Promise<AnswerMessage> =>
    new Promise((resolve) => {
      port.once('message', resolve);
      port.postMessage(task);
    });

  const TREE = { id: 1, name: 'tree', keySize: 4 };

  /** Merges one table of `rows` rows. */
  function taskOf(id: number, rows: number): MergeTask {
    const input = join(path, `${id}.table`);
    const table = createTable(new NodeVfs(), input, id, TREE, { bitsPerKey: 8 });
    const key = Buffer.alloc(4);
    for (let i = 0; i < rows; i++) {
      key.writeUInt32BE(i);
      table.add(key, 0, 4, 1, false, key, 0, 4);
    }
    table.finish();
    return {
      tree: TREE,
      inputs: [{ id, path: input }],
      outputs: [{ id: id + 1, path: join(path, `${id + 1}.table`) }],
      outputLevel: 1,
      readers: [],
      history: Number.POSITIVE_INFINITY,
      bottommost: true,
      tableBytes: 1024 * 1024,
      blockBytes: 4096,
      bitsPerKey: 8,
      compression: 'none',
      filter: null,
    };
  }

  it('answers with tables, with its failure, and soon when it is cancelled', async () => {
    expect(await answerTo(taskOf(1, 10))).toMatchObject({ tables: [{ id: 2, entries: 10, level: 1 }] });
    const missing = { ...taskOf(3, 10), inputs: [{ id: 9, path: join(path, 'missing') }] };
    expect(await answerTo(missing)).toMatchObject({ failure: { code: 'QDB4033' } });
    Atomics.store(signal, CANCELLED, 1);
    expect(await answerTo(taskOf(5, 10_000))).toMatchObject({ failure: { code: 'QDB4040' } });
    expect(Atomics.load(signal, ANSWERS)).toBe(3);
  });
});
