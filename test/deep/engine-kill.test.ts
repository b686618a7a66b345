// Kills a child that writes, again and again on one directory, and looks for what it had acknowledged over its pipe.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { ByteSpan } from '../../runtime/bytes/writer.js';
import { openEngine, type Tree } from '../../runtime/engine/index.js';
import { NodeVfs } from '../../runtime/vfs/node.js';
import { seeded } from '../support/random.js';

const KILLS = 100;
const CHILD = fileURLToPath(new URL('../support/engine-writer.mjs', import.meta.url));
const path = mkdtempSync(join(tmpdir(), 'quantadb-kill-'));

afterAll(() => rmSync(path, { recursive: true, force: true }));

it(`${KILLS} kills lose no commit that was acknowledged`, { timeout: 600_000 }, async () => {
  const random = seeded(1);
  let acknowledged = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    acknowledged = Math.max(acknowledged, await writeUntilKilled(acknowledged, 20 + random() * 150));
    const engine = await openEngine({ vfs: new NodeVfs(), path, compaction: 'manual', memory: 1 << 20 });
    const [rows, index] = ['rows', 'index'].map((name) => engine.openTree(name, { keySize: 8 }));
    const into = new ByteSpan();
    const key = Buffer.alloc(8);
    for (let i = 1; i <= acknowledged; i++) {
      key.writeDoubleBE(i);
      expect([i, rows!.get(key, 8, into), index!.get(key, 8, into)]).toEqual([i, true, true]);
    }
    expect(count(index!)).toBe(count(rows!));
    await engine.close();
  }
  expect(acknowledged).toBeGreaterThan(KILLS);
});

function count(tree: Tree): number {
  const cursor = tree.cursor();
  let entries = 0;
  while (cursor.next()) entries++;
  cursor.close();
  return entries;
}

/** Answers the last commit that the child said was durable. */
function writeUntilKilled(from: number, milliseconds: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, path, String(from)], { stdio: ['ignore', 'pipe', 'pipe'] });
    let last = from;
    let complaint = '';
    let rest = '';
    child.stdout.on('data', (data: Buffer) => {
      if (last === from && rest === '') setTimeout(() => child.kill('SIGKILL'), milliseconds);
      const lines = (rest + data.toString()).split('\n');
      rest = lines.pop()!;
      if (lines.length > 0) last = Number(lines.at(-1));
    });
    child.stderr.on('data', (data: Buffer) => {
      complaint += data.toString();
    });
    child.on('close', (_, signal) => {
      if (signal === 'SIGKILL') resolve(last);
      else reject(new Error(`the child ended by itself: ${complaint}`));
    });
  });
}
