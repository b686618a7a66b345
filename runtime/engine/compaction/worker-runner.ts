// Runs merges in a worker thread, which is started with the first of them.
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { StorageError } from '../../errors.js';
import type { MergeTask } from './merge.js';
import type { MergeDone, MergeRunner } from './runner.js';
import { ANSWERS, type AnswerMessage, CANCELLED, errorOf, SIGNAL_WORDS, type WorkerStart } from './worker-messages.js';

interface Thread {
  readonly worker: Worker;
  readonly port: MessagePort;
}

export class WorkerRunner implements MergeRunner {
  readonly inBackground = true;
  private thread: Thread | null = null;
  private done: MergeDone | null = null;
  private readonly signal = new Int32Array(new SharedArrayBuffer(SIGNAL_WORDS * Int32Array.BYTES_PER_ELEMENT));
  private answers = 0;
  private task: MergeTask | null = null;
  /** Set when the thread could not even start, as when a bundler left its file behind. */
  private unavailable = false;

  /**
   * @param url of the built worker.js
   * @param fallback takes over when there is no such thread to be had
   */
  constructor(
    private readonly url: URL,
    private readonly fallback: MergeRunner,
  ) {}

  run(task: MergeTask, done: MergeDone): void {
    if (this.unavailable) {
      this.fallback.run(task, done);
      return;
    }
    const { worker, port } = this.start();
    this.task = task;
    this.done = done;
    // A process does not end in the middle of a merge, and does not live on for an idle worker.
    worker.ref();
    port.ref();
    port.postMessage(task);
  }

  poll(): void {
    if (this.done === null) return;
    const received = receiveMessageOnPort(this.thread!.port);
    if (received !== undefined) this.settle(received.message as AnswerMessage);
  }

  wait(milliseconds: number): void {
    if (this.done === null) return;
    Atomics.wait(this.signal, ANSWERS, this.answers, milliseconds);
    this.poll();
  }

  cancel(): void {
    Atomics.store(this.signal, CANCELLED, 1);
  }

  close(): void {
    const { thread } = this;
    this.thread = null;
    thread?.port.close();
    void thread?.worker.terminate();
  }

  private start(): Thread {
    if (this.thread !== null) return this.thread;
    const { port1: port, port2 } = new MessageChannel();
    const workerData: WorkerStart = { port: port2, signal: this.signal };
    const worker = new Worker(this.url, { workerData, transferList: [port2], name: 'quantadb compaction' });
    this.thread = { worker, port };
    port.on('message', (answer: AnswerMessage) => this.settle(answer));
    worker.on('error', (error) => {
      this.thread = null;
      port.close();
      if (this.answers > 0 || this.task === null) this.finish(error, []);
      else {
        this.unavailable = true;
        this.fallback.run(this.task, (...outcome) => this.finish(...outcome));
      }
    });
    // Also behind an error, and when the thread is told to end: then it is known.
    worker.on('exit', (code) => {
      if (this.thread?.worker !== worker) return;
      this.thread = null;
      port.close();
      this.finish(
        new StorageError(
          'QDB4034',
          `The compaction thread ended amid its work, with code ${code}. Reopen the database.`,
        ),
        [],
      );
    });
    worker.unref();
    port.unref();
    return this.thread;
  }

  private settle(answer: AnswerMessage): void {
    this.answers++;
    if ('tables' in answer) this.finish(null, answer.tables);
    else this.finish(errorOf(answer.failure), []);
  }

  private finish(...outcome: Parameters<MergeDone>): void {
    const { done, thread } = this;
    this.done = null;
    this.task = null;
    thread?.worker.unref();
    thread?.port.unref();
    done?.(...outcome);
  }
}
