// The lock between processes: killed owners, recycled process ids, many contenders at once.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import ts from 'typescript';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { DatabaseLockedError } from '../../runtime/errors.js';
import { takeLock } from '../../runtime/vfs/lock.js';

/** Runs once, before the next link. */
let betweenLookAndLink: (() => void) | undefined;
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const linkSync = (from: string, to: string) => {
    const meanwhile = betweenLookAndLink;
    betweenLookAndLink = undefined;
    meanwhile?.();
    fs.linkSync(from, to);
  };
  return { ...fs, linkSync };
});

const root = mkdtempSync(join(tmpdir(), 'quantadb-lock-'));
const children: ChildProcess[] = [];

/** Told a directory, it answers `locked` or `refused` with a code, and holds on. */
const CONTENDER = `
import { takeLock } from './vfs/lock.js';
process.on('message', (directory) => {
  try { takeLock(directory); process.send('locked'); } catch (error) { process.send('refused ' + error.code); }
});
process.send('ready');`;

/** Takes the lock of its directory, tells so, and then does as it is told: \`close\`, or just ends. */
const THREAD = `
import { parentPort, workerData } from 'node:worker_threads';
import { takeLock } from './vfs/lock.js';
const lock = takeLock(workerData);
parentPort.once('message', (word) => { if (word === 'close') lock.release(); parentPort.close(); });
parentPort.postMessage('locked');`;

beforeAll(() => {
  for (const name of ['errors', 'vfs/lock']) {
    const source = readFileSync(join(import.meta.dirname, `../../runtime/${name}.ts`), 'utf8');
    const { outputText } = ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, `${name}.js`), outputText);
  }
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  writeFileSync(join(root, 'contender.js'), CONTENDER);
  writeFileSync(join(root, 'thread.js'), THREAD);
});
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
});
afterAll(() => rmSync(root, { recursive: true }));

async function contender(): Promise<ChildProcess> {
  const child = fork(join(root, 'contender.js'), { execArgv: [] });
  children.push(child);
  await once(child, 'message');
  return child;
}

async function contend(child: ChildProcess, directory: string): Promise<string> {
  child.send(directory);
  return String((await once(child, 'message'))[0]);
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function directory(name: string): string {
  const path = join(root, name);
  mkdirSync(path);
  return path;
}

function lockedBy(path: string): number | undefined {
  try {
    takeLock(path).release();
    return undefined;
  } catch (error) {
    if (error instanceof DatabaseLockedError) return error.pid;
    throw error;
  }
}

test('a living process keeps others out, by its id; a killed one does not', async () => {
  const path = directory('killed');
  const child = await contender();
  expect(await contend(child, path)).toBe('locked');
  expect(lockedBy(path)).toBe(child.pid);
  await kill(child);
  expect(lockedBy(path)).toBeUndefined();
});

async function threadWithLock(path: string, options: WorkerOptions = {}): Promise<Worker> {
  const thread = new Worker(join(root, 'thread.js'), { workerData: path, execArgv: [], ...options });
  await once(thread, 'message');
  return thread;
}

test.runIf(process.platform === 'linux').each(['terminated', 'ended', 'closed'])(
  'a worker thread keeps others out until it is %s, though its process lives on',
  async (how) => {
    const path = directory(`thread-${how}`);
    const child = await contender();
    const thread = await threadWithLock(path);
    expect(lockedBy(path)).toBe(process.pid);
    expect(await contend(child, path)).toBe('refused QDB4020');
    const ended = once(thread, 'exit');
    if (how === 'terminated') void thread.terminate();
    else thread.postMessage(how === 'closed' ? 'close' : 'end');
    await ended;
    // Seen by other processes, too.
    expect(await contend(child, path)).toBe('locked');
    expect(lockedBy(path)).toBe(child.pid);
    await kill(child);
    expect(lockedBy(path)).toBeUndefined();
  },
);

test('where the system does not tell, the error says what else it may be', async () => {
  const path = directory('untold');
  // Its descriptors outlive the thread, which is what it looks like where nobody can see them.
  const thread = await threadWithLock(path, { trackUnmanagedFds: false });
  await thread.terminate();
  expect(() => takeLock(path)).toThrow(/this very process \(\d+\), in its worker thread \d+\. .*restart the process/);
  const other = directory('untold-main');
  const lock = takeLock(other);
  expect(() => takeLock(other)).toThrow(/this very process \(\d+\), in its main thread\. Close it there, or/);
  lock.release();
});

test.runIf(process.platform === 'linux')('a lock that does not say it can be seen counts by its process alone', () => {
  const path = directory('unseen');
  takeLock(path).release();
  const other = directory('unseen-owner');
  const lock = takeLock(other);
  const owner = readFileSync(join(other, 'LOCK.000001'), 'utf8');
  expect(owner).toMatch(/\} held$/);
  for (const [text, holder] of [
    [owner, undefined],
    [owner.replace(' held', ''), process.pid],
    [owner.replace(' held', ' he'), process.pid],
    [owner.replace(/,"thread":\d+\} held/, '}'), process.pid],
  ] as const) {
    writeFileSync(join(path, readdirSync(path).at(-1)!), text);
    expect(lockedBy(path)).toBe(holder);
  }
  lock.release();
});

test('names that no opener gives are passed over, and the last number is refused', () => {
  const path = directory('numbers');
  for (const name of ['LOCK.9007199254740992', 'LOCK.99999999999999999999', 'LOCK.0000000012']) {
    writeFileSync(join(path, name), '');
  }
  takeLock(path).release();
  expect(readdirSync(path)).toContain('LOCK.000001');
  writeFileSync(join(path, 'LOCK.999999999999999'), '');
  expect(() => takeLock(path)).toThrow(expect.objectContaining({ code: 'QDB4023' }));
  expect(readdirSync(path).filter((name) => name.includes('claim'))).toEqual([]);
  rmSync(join(path, 'LOCK.999999999999999'));
  writeFileSync(join(path, 'LOCK.999999999999997'), '');
  takeLock(path).release();
  expect(() => takeLock(path)).not.toThrow();
});

test('of many that take over from a dead owner, one wins', async () => {
  const contenders = await Promise.all(Array.from({ length: 6 }, contender));
  for (let round = 0; round < 5; round++) {
    const path = directory(`race-${round}`);
    const dead = await contender();
    await contend(dead, path);
    await kill(dead);
    const answers = await Promise.all(contenders.map((child) => contend(child, path)));
    expect(answers.sort()).toEqual(['locked', ...Array.from({ length: 5 }, () => 'refused QDB4020')]);
  }
});

test('who acts on an old listing of the directory loses against those who took over meanwhile', () => {
  const path = directory('late');
  takeLock(path).release();
  const other = directory('other');
  takeLock(other);
  // Between our look and our link, two come and go, and a third stays: the number that we want is free again.
  betweenLookAndLink = () => {
    rmSync(join(path, 'LOCK.000001'));
    writeFileSync(join(path, 'LOCK.000003'), '');
    writeFileSync(join(path, 'LOCK.000004'), readFileSync(join(other, 'LOCK.000001'), 'utf8').replace(' held', ''));
  };
  expect(lockedBy(path)).toBe(process.pid);
  expect(readdirSync(path)).toEqual(['LOCK.000003', 'LOCK.000004']);
});

test.runIf(process.platform === 'linux')('a recycled process id does not count as the owner', () => {
  const path = directory('recycled');
  const lock = takeLock(path);
  const name = join(path, readdirSync(path)[0]!);
  const owner = readFileSync(name, 'utf8');
  expect(lockedBy(path)).toBe(process.pid);
  // The same id, but of a process that started at another time.
  writeFileSync(
    name,
    owner.replace(/\d"/, (last) => `${(Number(last[0]) + 1) % 10}"`),
  );
  expect(lockedBy(path)).toBeUndefined();
  lock.release();
});

test('the claim of a dead process with our own id does not fool us', () => {
  const path = directory('claim');
  writeFileSync(join(path, `LOCK.claim-${process.pid}-0`), 'left');
  expect(lockedBy(path)).toBeUndefined();
});

test('a lock file that lost its bytes in a power cut locks nothing', () => {
  const path = directory('lost');
  writeFileSync(join(path, 'LOCK.000007'), '\0\0\0\0');
  const lock = takeLock(path);
  expect(lockedBy(path)).toBe(process.pid);
  lock.release();
});

test('two paths to one directory are one lock', () => {
  const path = directory('real');
  symlinkSync(path, join(root, 'link'));
  const lock = takeLock(path);
  expect(lockedBy(join(root, 'link'))).toBe(process.pid);
  lock.release();
});

test('few files stay, however often it is opened', () => {
  const path = directory('often');
  for (let i = 0; i < 10; i++) takeLock(path).release();
  expect(readdirSync(path)).toEqual(['LOCK.000009', 'LOCK.000010']);
});

test('releasing after the directory is gone is no error', () => {
  const path = directory('gone');
  const lock = takeLock(path);
  rmSync(path, { recursive: true });
  lock.release();
});
