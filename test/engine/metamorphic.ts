// One history under many configurations gives the same answers: Pebble's metamorphic test. A transcript holds all that a caller was
// told, in order; no model says whether it is right, only that nothing but the history decides it.
import { expect } from 'vitest';
import { ByteSpan } from '../../runtime/bytes/writer.js';
import type { Cursor, Engine, Snapshot, WriteBatch } from '../../runtime/engine/index.js';
import { QuantaError } from '../../runtime/errors.js';
import { seeded } from '../support/random.js';
import { type Configuration, PLAIN, placeFor } from './configurations.js';
import { bytes, drain, type Step, toRange } from './model.js';

const TREES: readonly (readonly [name: string, keySize: number | null])[] = [
  ['fixed', 2],
  ['variable', null],
];

/** Throws unless the history reads the same under each configuration as under the plain one. */
export async function expectSameAnswers(steps: readonly Step[], configurations: readonly Configuration[]) {
  const plain = await transcript(steps, PLAIN);
  for (const configuration of configurations) expect(await transcript(steps, configuration)).toEqual(plain);
}

async function transcript(steps: readonly Step[], configuration: Configuration): Promise<string[]> {
  const place = placeFor(configuration);
  try {
    const reader = new Transcript(await place.open(), () => place.open(), configuration);
    for (const step of steps) await reader.take(step);
    return await reader.end();
  } finally {
    place.remove();
  }
}

/** Runs steps and writes down what they answer. */
class Transcript {
  private readonly lines: string[] = [];
  private readonly random;
  private snapshots: Snapshot[] = [];
  private cursors: Cursor[] = [];
  private inFlight: Promise<unknown>[] = [];

  constructor(
    private engine: Engine,
    private readonly reopen: () => Promise<Engine>,
    private readonly configuration: Configuration,
  ) {
    this.random = seeded(configuration.seed);
    this.openTrees();
  }

  async take(step: Step): Promise<void> {
    await this.disturb();
    switch (step.do) {
      case 'write':
      case 'writeSync':
        await this.write(step.do, this.fill(this.engine.createBatch(), step.changes));
        break;
      case 'load':
        await this.load(step.changes);
        break;
      case 'range': {
        const cursor = this.tree(step.tree).cursor(toRange(step.bounds), { reverse: step.reverse });
        if (step.seek !== undefined) cursor.seek(bytes(step.seek));
        // Every third one stays open, whatever happens around it.
        if (this.lines.length % 3 === 0) this.cursors.push(cursor);
        else this.tell('range', drain(cursor));
        break;
      }
      case 'gets':
        for (const at of [undefined, ...this.snapshots]) this.tell('gets', this.gets(step.tree, step.keys, at));
        break;
      case 'snapshot':
        this.snapshots.push(this.engine.snapshot());
        break;
      case 'release':
        for (const snapshot of this.snapshots.splice(step.which % (this.snapshots.length + 1), 1))
          this.tellAt(snapshot);
        break;
      case 'flush':
        this.engine.flush();
        break;
      case 'compact':
      case 'compactAll':
        await this.engine.compact(step.do === 'compactAll');
        break;
      case 'drop':
        this.endReaders();
        this.engine.dropTree(step.tree);
        this.openTrees();
        break;
      case 'empty':
        this.tell('empty', this.engine.emptyTrees([this.tree(step.tree)]));
        break;
      case 'reopen':
        this.endReaders();
        await this.openAgain();
        break;
    }
    this.tell('sequence', this.engine.sequence);
  }

  async end(): Promise<string[]> {
    await Promise.all(this.inFlight);
    this.endReaders();
    this.tellAt(undefined);
    await this.openAgain();
    this.tellAt(undefined);
    await this.engine.close();
    return this.lines;
  }

  /** What the configuration does between two steps, and nobody may notice. */
  private async disturb(): Promise<void> {
    const { flush, compact, reopen } = this.configuration;
    if (this.random() < flush) this.engine.flush();
    if (this.random() < compact) await this.engine.compact(this.random() < 0.5);
    const idle = this.snapshots.length + this.cursors.length === 0;
    if (this.random() < reopen && idle) await this.openAgain();
  }

  private async openAgain(): Promise<void> {
    if (this.random() < 0.5) {
      await Promise.all(this.inFlight);
      this.engine.closeSync();
    } else await this.engine.close();
    await Promise.all(this.inFlight);
    this.engine = await this.reopen();
    this.openTrees();
  }

  private openTrees(): void {
    for (const [name, keySize] of TREES) this.engine.openTree(name, { keySize });
  }

  private tree(name: string) {
    return this.engine.trees.get(name)!;
  }

  private fill(batch: WriteBatch, changes: Extract<Step, { do: 'write' | 'writeSync' }>['changes']): WriteBatch {
    for (const { tree, key, value } of changes) {
      if (value === null) batch.delete(this.tree(tree), bytes(key), key.length);
      else batch.put(this.tree(tree), bytes(key), key.length, bytes(value), 0, value.length);
    }
    return batch;
  }

  private async write(how: 'write' | 'writeSync', batch: WriteBatch): Promise<void> {
    if (how === 'writeSync') {
      this.engine.writeSync(batch);
      return;
    }
    this.inFlight.push(this.engine.write(batch));
    if (this.inFlight.length >= this.configuration.inFlight) await Promise.all(this.inFlight.splice(0));
  }

  /** Keys may come twice: then all configurations refuse the load alike. */
  private async load(changes: Extract<Step, { do: 'load' }>['changes']): Promise<void> {
    const load = this.engine.bulkLoad();
    for (const { tree, key, value } of changes) {
      if (value === null) continue;
      load.beginPut(this.tree(tree), bytes(key), key.length).append(bytes(value));
      load.endPut();
    }
    try {
      await load.finish();
      this.tell('load', 'done');
    } catch (error) {
      if (!(error instanceof QuantaError)) throw error;
      this.tell('load', error.code);
    }
  }

  private gets(name: string, keys: readonly string[], at: Snapshot | undefined): (string | null)[] {
    const into = new ByteSpan();
    return keys.map((key) =>
      this.tree(name).get(bytes(key), key.length, into, at) ? into.copy().toString('latin1') : null,
    );
  }

  private endReaders(): void {
    for (const snapshot of this.snapshots.splice(0)) this.tellAt(snapshot);
    for (const cursor of this.cursors.splice(0)) this.tell('range', drain(cursor));
  }

  /** Everything there is, both ways. */
  private tellAt(at: Snapshot | undefined): void {
    for (const [name] of TREES) {
      for (const reverse of [false, true]) {
        this.tell(
          `all of ${name}`,
          drain(this.tree(name).cursor({}, at === undefined ? { reverse } : { reverse, at })),
        );
      }
    }
    at?.close();
  }

  private tell(what: string, answer: unknown): void {
    this.lines.push(`${what}: ${JSON.stringify(answer)}`);
  }
}
