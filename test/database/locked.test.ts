// One opener at a time, through openEngine and through a whole database, between processes: who is refused learns the owner's id, and
// a killed owner keeps nobody out.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Engine, openEngine } from '../../runtime/engine/index.js';
import { NodeVfs } from '../../runtime/vfs/node.js';
import { openTest } from '../support/database.js';
import { field, model } from '../support/entities.js';

/** Other processes run what was built. */
const BUILT = new URL('../../dist/runtime/', import.meta.url);
const ITEM = model('Item', [field('id', { kind: 'int32' })], []);

/** Opens the engine, says so, and holds it until it is killed. */
const OWNER = `
import { openEngine } from '${new URL('engine/index.js', BUILT)}';
import { NodeVfs } from '${new URL('vfs/node.js', BUILT)}';
const engine = await openEngine({ vfs: new NodeVfs(), path: process.argv[1] });
const tree = engine.openTree('t', { keySize: null });
const batch = engine.createBatch();
batch.put(tree, Buffer.from('key'), 3, Buffer.from('value'), 0, 5);
engine.writeSync(batch);
console.log('open');
setInterval(() => engine.sequence, 1000);`;

describe.skipIf(!existsSync(new URL('engine/index.js', BUILT)))('a database that another process has open', () => {
  let path = '';
  let owner: ChildProcess;

  beforeEach(async () => {
    path = mkdtempSync(join(tmpdir(), 'quantadb-locked-'));
    owner = spawn(process.execPath, ['--input-type=module', '-e', OWNER, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(owner.stdout!, 'data');
  });

  afterEach(async () => {
    if (owner.signalCode === null) {
      owner.kill('SIGKILL');
      await once(owner, 'exit');
    }
    rmSync(path, { recursive: true, force: true });
  });

  const engine = (): Promise<Engine> => openEngine({ vfs: new NodeVfs(), path });
  const database = () => openTest([ITEM], { vfs: new NodeVfs(), path });

  it('is refused with the id of its owner, and to be had once that was killed', async () => {
    const refusal = { code: 'QDB4020', path, pid: owner.pid, message: expect.stringContaining(String(owner.pid)) };
    await expect(engine()).rejects.toMatchObject(refusal);
    await expect(database()).rejects.toMatchObject(refusal);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    const mine = await engine();
    expect(mine.openTree('t', { keySize: null }).estimateEntries()).toBe(1);
    await expect(database()).rejects.toMatchObject({ code: 'QDB4020', pid: process.pid });
    await mine.close();
    await (await database()).close();
  });
});
