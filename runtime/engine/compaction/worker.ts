// The compaction worker: opens the tables of each task itself, merges them, and answers with what it wrote.
import { workerData } from 'node:worker_threads';
import { loadXxh3 } from '../../bytes/xxh3.js';
import { doorTo } from '../../vfs/door.js';
import { NodeVfs } from '../../vfs/node.js';
import { loadFilters } from './filter.js';
import { mergeTables } from './merge.js';
import {
  ANSWERS,
  type AnswerMessage,
  CANCELLED,
  failureMessage,
  type TaskMessage,
  type WorkerStart,
} from './worker-messages.js';

const { port, signal } = workerData as WorkerStart;
const vfs = doorTo(new NodeVfs());
const loaded = loadXxh3();

port.on('message', async (task: TaskMessage) => {
  let answer: AnswerMessage;
  try {
    await loaded;
    if (task.filter?.kind === 'module') await loadFilters(task.filter.module);
    answer = { tables: mergeTables(vfs, task, () => Atomics.load(signal, CANCELLED) === 1) };
  } catch (error) {
    answer = failureMessage(error);
  }
  port.postMessage(answer);
  Atomics.add(signal, ANSWERS, 1);
  Atomics.notify(signal, ANSWERS);
});
