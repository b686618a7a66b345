// kill -9, 100 times at random moments, of a process that writes and acknowledges over a pipe, with flushes, loads and a compaction
// thread: nothing that it acknowledged is lost, nothing is there by half, and the next process opens the database.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { type Engine, openEngine } from '../../runtime/engine/index.js';
import { NodeVfs } from '../../runtime/vfs/node.js';
import { integer, seeded } from '../support/random.js';
import { commit } from './numbered-commits.mjs';

const KILLS = 100;
/** The longest life after the first acknowledgement, in milliseconds. */
const LONGEST_LIFE = 150;
const WRITER = join(import.meta.dirname, 'killed-writer.mjs');

/** Lets a writer go on from commit `first` and kills it; answers the highest number that it acknowledged. */
function writeAndDie(path: string, first: number, life: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [WRITER, path, String(first)], { stdio: ['ignore', 'pipe', 'pipe'] });
    let acknowledged = first - 1;
    let timer: NodeJS.Timeout | undefined;
    let errors = '';
    createInterface({ input: child.stdout }).on('line', (line) => {
      acknowledged = Math.max(acknowledged, Number(line));
      timer ??= setTimeout(() => child.kill('SIGKILL'), life);
    });
    child.stderr.on('data', (text) => {
      errors += text;
    });
    child.on('close', (_, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL') resolve(acknowledged);
      else reject(new Error(`The writer ended by itself: ${errors}`));
    });
  });
}

/** Rows and index of the engine as text, in one form with {@link Model}. */
function found(engine: Engine): { rows: Map<number, string>; index: Map<string, number> } {
  const rows = new Map<number, string>();
  const index = new Map<string, number>();
  const cursor = engine.openTree('rows', { keySize: 4 }).cursor();
  while (cursor.next()) rows.set(cursor.key.copy().readUInt32BE(), cursor.value.copy().toString());
  cursor.close();
  const keys = engine.openTree('index', { keySize: null }).cursor();
  while (keys.next()) index.set(keys.key.copy().toString(), keys.value.copy().readUInt32BE());
  keys.close();
  return { rows, index };
}

/** What the rows are after each commit. */
class Model {
  readonly rows = new Map<number, string>();
  readonly index = new Map<string, number>();
  commits = 0;

  step(): void {
    const { puts, deletes } = commit(this.commits++);
    for (const { row, key, value } of puts) {
      this.rows.set(row.readUInt32BE(), value.toString());
      this.index.set(key.toString(), row.readUInt32BE());
    }
    for (const { row, key } of deletes) {
      this.rows.delete(row.readUInt32BE());
      this.index.delete(key.toString());
    }
  }
}

test(`${KILLS} kills lose nothing that was acknowledged`, { timeout: 600_000 }, async () => {
  const path = mkdtempSync(join(tmpdir(), 'quantadb-kill-'));
  const random = seeded(1);
  const model = new Model();
  let extra = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const acknowledged = await writeAndDie(path, model.commits, integer(random, LONGEST_LIFE));
    const engine = await openEngine({ vfs: new NodeVfs(), path, compaction: 'manual' });
    const { sequence } = engine;
    const state = found(engine);
    await engine.close();
    // Each commit and each load takes one sequence number.
    expect(sequence, `kill ${kill}`).toBeGreaterThanOrEqual(acknowledged + 1);
    extra += sequence - acknowledged - 1;
    while (model.commits < sequence) model.step();
    expect(state.rows, `rows after kill ${kill} at commit ${sequence}`).toEqual(model.rows);
    expect(state.index, `index after kill ${kill} at commit ${sequence}`).toEqual(model.index);
  }
  console.log(`${KILLS} kills: ${model.commits} commits, ${extra} of them there though no longer acknowledged`);
  rmSync(path, { recursive: true });
});
