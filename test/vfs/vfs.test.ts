// What every file system promises, checked on the disk and in memory; and what only the disk can do wrong.
import * as nodeFs from 'node:fs';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { NodeVfs } from '../../runtime/vfs/node.js';
import type { Vfs } from '../../runtime/vfs/vfs.js';

const root = mkdtempSync(join(tmpdir(), 'quantadb-vfs-'));
afterAll(() => rmSync(root, { recursive: true }));

const SYSTEMS: [string, Vfs, string][] = [
  ['NodeVfs', new NodeVfs(), root],
  ['MemoryVfs', new MemoryVfs(), '/memory'],
  ['NodeVfs over short calls', new NodeVfs(shortened()), join(root, 'short')],
];

/** A kernel that reads and writes at most three bytes a call. */
function shortened(): typeof nodeFs {
  return {
    ...nodeFs,
    readSync: (fd: number, into: Uint8Array, at: number, count: number, offset: number) =>
      nodeFs.readSync(fd, into, at, Math.min(count, 3), offset),
    writeSync: (fd: number, from: Uint8Array, at: number, count: number, offset: number) =>
      nodeFs.writeSync(fd, from, at, Math.min(count, 3), offset),
  } as typeof nodeFs;
}

describe.each(SYSTEMS)('%s', (_, vfs, base) => {
  const path = (name: string) => vfs.join(base, name);
  vfs.mkdir(base);

  test('reads back what was written, anywhere', async () => {
    const file = vfs.open(path('a'), 'create');
    file.write(Buffer.from('..hello..'), 2, 7, 10);
    expect(file.size()).toBe(15);
    const into = Buffer.alloc(20, 0xff);
    expect(file.read(into, 1, 20, 8)).toBe(7);
    expect(into.toString('latin1', 0, 9)).toBe('\xff\0\0hello\xff');
    expect(file.read(into, 0, 5, 100)).toBe(0);
    file.truncate(12);
    file.truncate(16);
    expect(file.read(into, 0, 20, 10)).toBe(6);
    expect(into.toString('latin1', 0, 6)).toBe('he\0\0\0\0');
    file.sync();
    await file.syncAsync();
    file.close();
  });

  test('opens by mode', () => {
    expect(() => vfs.open(path('none'), 'read')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    const file = vfs.open(path('b'), 'write');
    file.write(Buffer.from('kept'), 0, 4, 0);
    file.close();
    expect(() => vfs.open(path('b'), 'create')).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    const again = vfs.open(path('b'), 'write');
    expect(again.size()).toBe(4);
    again.close();
    const reader = vfs.open(path('b'), 'read');
    expect(() => reader.write(Buffer.from('x'), 0, 1, 0)).toThrow(expect.objectContaining({ code: 'EBADF' }));
    reader.close();
    expect(() => vfs.open(path('none/c'), 'write')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  test('lists, renames and removes; an open file outlives its name', () => {
    const directory = path('names');
    vfs.mkdir(directory);
    vfs.mkdir(directory);
    for (const name of ['z', 'a', 'm']) vfs.open(vfs.join(directory, name), 'create').close();
    vfs.mkdir(vfs.join(directory, 'd'));
    expect(vfs.list(directory)).toEqual(['a', 'd', 'm', 'z']);
    const file = vfs.open(vfs.join(directory, 'z'), 'write');
    vfs.rename(vfs.join(directory, 'z'), vfs.join(directory, 'a'));
    file.write(Buffer.from('z'), 0, 1, 0);
    vfs.remove(vfs.join(directory, 'a'));
    expect(file.size()).toBe(1);
    file.close();
    vfs.syncDirectory(directory);
    expect(vfs.list(directory)).toEqual(['d', 'm']);
    expect(vfs.exists(vfs.join(directory, 'm'))).toBe(true);
    expect(vfs.exists(vfs.join(directory, 'a'))).toBe(false);
    expect(() => vfs.remove(vfs.join(directory, 'a'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(() => vfs.list(path('nowhere'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  test('makes directories with their parents, and none over a file', () => {
    const deep = path('deep/er/est');
    vfs.mkdir(deep);
    vfs.mkdir(deep);
    vfs.open(vfs.join(deep, 'file'), 'create').close();
    expect(() => vfs.mkdir(vfs.join(deep, 'file'))).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  });

  test('locks a directory once', () => {
    const directory = path('locked');
    vfs.mkdir(directory);
    const lock = vfs.lock(directory);
    expect(() => vfs.lock(directory)).toThrow(expect.objectContaining({ code: 'QDB4020', pid: process.pid }));
    lock.release();
    vfs.lock(directory).release();
  });
});

test.runIf(existsSync('/proc/self'))(
  'a directory that takes no others says so, where Node itself would try for ever',
  () => {
    for (const path of ['/proc/nope', '/proc/nope/data', '/dev/null/data']) {
      expect(() => new NodeVfs().mkdir(path)).toThrow(/^EN/);
    }
  },
);

test.skipIf(process.platform === 'win32')(
  'the name of each directory that is made is synced, one after the other',
  () => {
    const calls: string[] = [];
    const names = new Map<number, string>();
    const vfs = new NodeVfs({
      ...nodeFs,
      mkdirSync: (path: string) => {
        nodeFs.mkdirSync(path);
        calls.push(`mkdir ${path.slice(root.length)}`);
      },
      openSync: (path: string, flags: string) => {
        const descriptor = nodeFs.openSync(path, flags);
        names.set(descriptor, path);
        return descriptor;
      },
      fsyncSync: (descriptor: number) => {
        nodeFs.fsyncSync(descriptor);
        calls.push(`sync ${names.get(descriptor)!.slice(root.length)}`);
      },
    } as unknown as typeof nodeFs);
    const made = ['mkdir /new', 'sync ', 'mkdir /new/deep', 'sync /new'];
    vfs.mkdir(join(root, 'new', 'deep'));
    expect(calls).toEqual(made);
    vfs.mkdir(join(root, 'new', 'deep'));
    expect(calls).toEqual(made);
  },
);

test('a sync that was begun early fails nobody, is begun once at a time, and leaves no descriptor', async () => {
  let pending: (() => void)[] = [];
  const open = new Set<number>();
  const vfs = new NodeVfs({
    ...nodeFs,
    openSync: (...args: Parameters<typeof nodeFs.openSync>) => {
      const descriptor = nodeFs.openSync(...args);
      open.add(descriptor);
      return descriptor;
    },
    closeSync: (descriptor: number) => {
      open.delete(descriptor);
      nodeFs.closeSync(descriptor);
    },
    fdatasync: (_: number, done: (error: Error) => void) => pending.push(() => done(new Error('EIO'))),
  } as unknown as typeof nodeFs);
  const file = vfs.open(join(root, 'early'), 'create');
  for (const expected of [1, 2]) {
    file.startSync?.();
    file.startSync?.();
    expect([pending.length, open.size]).toEqual([1, 2]);
    if (expected === 2) file.close();
    for (const done of pending) done();
    pending = [];
  }
  expect(open.size).toBe(0);
});
