// A directory that is moved, replaced or removed while its database is open: what is open goes on, and nothing is done to a stranger.
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { loadXxh3 } from '../../runtime/bytes/xxh3.js';
import type { Engine } from '../../runtime/engine/index.js';
import { openEngineSync } from '../../runtime/engine/open.js';
import { QuantaError } from '../../runtime/errors.js';
import { NodeVfs } from '../../runtime/vfs/node.js';
import { contents, type Entries, perform, same } from './workload.js';

let root = '';
beforeAll(loadXxh3);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'quantadb-moved-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const open = (path: string): Engine => openEngineSync({ path, vfs: new NodeVfs(), compaction: 'manual' });

function put(engine: Engine, key: string, value: string): void {
  perform(engine, { kind: 'batch', puts: [[key, value]], deletes: [] });
}

/** What it throws; undefined where it does not. */
function failureOf(call: () => void): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    return error;
  }
}

function check(path: string, expected: Entries): void {
  const engine = open(path);
  expect(same(contents(engine), expected)).toBe(true);
  engine.closeSync();
}

test.runIf(process.platform === 'linux').each(['replaced', 'moved', 'removed'] as const)('it was %s', (how) => {
  const [path, away] = [`${root}/./db`, join(root, 'away')];
  const engine = open(path);
  put(engine, 'a', 'table');
  engine.flush();
  put(engine, 'b', 'log');
  if (how === 'removed') rmSync(path, { recursive: true });
  else renameSync(path, away);
  if (how === 'replaced') {
    const other = open(path);
    put(other, 'a', 'of the other');
    other.flush();
    put(other, 'x', 'of the other');
    other.closeSync();
  }
  // Its log is open, and goes where its directory went.
  put(engine, 'c', 'log');
  expect(failureOf(() => engine.flush())).toMatchObject({ code: 'QDB4030', cause: { code: 'QDB4024' } });
  // Reads of what was not open yet are refused, too: another table stands under the name.
  expect(failureOf(() => contents(engine))).toMatchObject({ code: 'QDB4024' });
  const failure = failureOf(() => engine.closeSync());
  if (failure !== undefined) expect(failure).toBeInstanceOf(QuantaError);
  if (how === 'replaced')
    check(
      path,
      new Map([
        ['a', 'of the other'],
        ['x', 'of the other'],
      ]),
    );
  if (how !== 'removed')
    check(
      away,
      new Map([
        ['a', 'table'],
        ['b', 'log'],
        ['c', 'log'],
      ]),
    );
});
