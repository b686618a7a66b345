// What is left of a damaged directory, at the face of engine/check: everything that verifies is found, and what is wrong is named.
import { beforeAll, describe, expect, it } from 'vitest';
import { loadXxh3 } from '../../../runtime/bytes/xxh3.js';
import { hex, Remains } from '../../../runtime/engine/check/index.js';
import type { Engine, EngineOptions } from '../../../runtime/engine/index.js';
import { openEngineSync } from '../../../runtime/engine/open.js';
import { stageCurrent, switchCurrent } from '../../../runtime/engine/version/current.js';
import type { VersionEdit } from '../../../runtime/engine/version/edit.js';
import { encodeFrame } from '../../../runtime/engine/version/manifest-log.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';
import type { Vfs } from '../../../runtime/vfs/vfs.js';
import { FaultyVfs } from '../../support/faulty-vfs.js';
import { integer, seeded } from '../../support/random.js';
import { bytes, drain } from '../model.js';

beforeAll(() => loadXxh3());

const MANUAL = { path: '/db', compaction: 'manual', durability: 'os' } as const;
const KEYS = 200;

function open(vfs: Vfs, options: Partial<EngineOptions> = {}): Engine {
  return openEngineSync({ vfs, ...MANUAL, ...options });
}

function keyOf(i: number): string {
  return `key ${String(i).padStart(6, '0')}`;
}

/** Puts keys `[from, to)` into the trees "fixed" and "varying", one commit each. */
function write(engine: Engine, from: number, to: number, value: (i: number) => string): void {
  const trees = [engine.openTree('fixed', { keySize: 10 }), engine.openTree('varying', { keySize: null })];
  const batch = engine.createBatch();
  for (let i = from; i < to; i++) {
    batch.clear();
    const content = bytes(value(i));
    for (const tree of trees) batch.put(tree, bytes(keyOf(i)), 10, content, 0, content.length);
    engine.writeSync(batch);
  }
}

const contentOf = (i: number): string => `${i} `.repeat(40);

/** A closed directory: one table a tree, and nothing else that counts. */
function closed(options: Partial<EngineOptions> = {}, vfs: Vfs = new MemoryVfs(), content = contentOf): Vfs {
  const engine = open(vfs, options);
  write(engine, 0, KEYS, content);
  engine.flush();
  engine.closeSync();
  return vfs;
}

function contents(vfs: Vfs, name: string): Buffer {
  const file = vfs.open(`/db/${name}`, 'read');
  const content = Buffer.alloc(file.size());
  file.read(content, 0, content.length, 0);
  file.close();
  return content;
}

function edit(vfs: Vfs, name: string, change: (content: Buffer) => Buffer): void {
  const after = change(contents(vfs, name));
  const file = vfs.open(`/db/${name}`, 'write');
  file.truncate(0);
  file.write(after, 0, after.length, 0);
  file.close();
}

/** The directory as a killed process leaves it. */
function crashedCopy(vfs: Vfs): Vfs {
  const copy = new MemoryVfs();
  copy.mkdir('/db');
  for (const name of vfs.list('/db').filter((one) => !one.startsWith('LOCK.'))) {
    copy.open(`/db/${name}`, 'create').close();
    edit(copy, name, () => contents(vfs, name));
  }
  return copy;
}

function flip(vfs: Vfs, name: string, offset: number): void {
  edit(vfs, name, (content) => {
    content[offset]! ^= 0x10;
    return content;
  });
}

function named(vfs: Vfs, pattern: RegExp): string[] {
  return vfs.list('/db').filter((name) => pattern.test(name));
}

/** What was found wrong, and the values that are left of each tree, by key. */
function remains(vfs: Vfs): { codes: string[]; messages: string; left: Map<string, Map<string, string>> } {
  const found = new Remains(vfs, '/db');
  found.check();
  const left = new Map<string, Map<string, string>>();
  for (const [name, tree] of found.trees) {
    const entries = [...found.entries(tree)].map(
      ({ key, value }) => [key.toString('latin1'), value.toString('latin1')] as const,
    );
    left.set(name, new Map(entries));
  }
  const codes = [...new Set(found.findings.map(({ code }) => code))].sort();
  return { codes, messages: found.findings.map(({ message }) => message).join('\n'), left };
}

const whole = new Map(Array.from({ length: KEYS }, (_, i) => [keyOf(i), contentOf(i)]));

describe('the remains of a directory', () => {
  it.each(['none', 'zlib'] as const)('are all of it when nothing is wrong (compression %s)', (compression) => {
    const { codes, left } = remains(closed({ compression }));
    expect(codes).toEqual([]);
    expect(left.get('fixed')).toEqual(whole);
    expect(left.get('varying')).toEqual(whole);
  });

  it.each(['none', 'zlib'] as const)('are the blocks that are whole (compression %s)', (compression) => {
    const vfs = closed({ compression });
    for (const name of named(vfs, /\.table$/)) flip(vfs, name, 300);
    const { codes, left, messages } = remains(vfs);
    expect(codes).toEqual(['QDB4205', 'QDB4206']);
    expect(messages).toMatch(/Block 0 is lost .* entries of fixed from key 0x/);
    for (const entries of left.values()) {
      expect(entries.size).toBeLessThan(KEYS);
      expect(entries.size).toBeGreaterThan(KEYS / 2);
      for (const [key, value] of entries) expect(value).toBe(whole.get(key));
      expect(entries.has(keyOf(KEYS - 1))).toBe(true);
    }
  });

  it('are blocks that would not shrink, too', () => {
    const random = seeded(3);
    const noise = Array.from({ length: KEYS }, () =>
      Buffer.from(Array.from({ length: 200 }, () => integer(random, 256))).toString('latin1'),
    );
    const vfs = closed({ compression: 'zlib' }, new MemoryVfs(), (i) => noise[i]!);
    const all = new Map(noise.map((value, i) => [keyOf(i), value]));
    const { codes, left } = remains(vfs);
    expect(codes).toEqual([]);
    expect(left.get('fixed')).toEqual(all);
    expect(left.get('varying')).toEqual(all);
    const engine = open(vfs);
    expect(drain(engine.trees.get('fixed')!.cursor())).toEqual([...all]);
    engine.closeSync();
  });

  it('tell a loss at the end of a table, and where all of it is lost', () => {
    const vfs = closed();
    const [first, second] = named(vfs, /\.table$/);
    edit(vfs, first!, (content) => content.subarray(0, 4096));
    edit(vfs, second!, (content) => content.fill(0));
    const { left, messages } = remains(vfs);
    expect(messages).toMatch(/Block 1 is lost/);
    const sizes = [...left.values()].map(({ size }) => size).sort((a, b) => a - b);
    expect(sizes[0]).toBe(0);
    expect(sizes[1]).toBeGreaterThan(10);
    expect(sizes[1]).toBeLessThan(KEYS / 2);
  });

  it('are read past pages that the disk does not give', () => {
    const disk = new FaultyVfs();
    closed({}, disk);
    const [table] = named(disk, /\.table$/);
    let reads = 0;
    disk.plan = ({ name, path }) => (name === 'read' && path.endsWith(table!) && reads++ > 0 ? 'EIO' : undefined);
    const { left, codes } = remains(disk);
    expect(disk.faults).toBeGreaterThan(0);
    expect(codes).toContain('QDB4205');
    expect([...left.values()].map(({ size }) => size).sort((a, b) => a - b)[1]).toBe(KEYS);
  });

  it('take a load for as new as the manifest says, though its blocks do not', () => {
    const vfs = closed();
    const engine = open(vfs);
    const load = engine.bulkLoad();
    for (let i = 0; i < 10; i++) {
      load.beginPut(engine.trees.get('fixed')!, bytes(keyOf(i)), 10).append(bytes('loaded'));
      load.endPut();
    }
    load.finishSync();
    engine.closeSync();
    const { codes, left } = remains(vfs);
    expect(codes).toEqual([]);
    expect([0, 9, 10].map((i) => left.get('fixed')!.get(keyOf(i)))).toEqual(['loaded', 'loaded', contentOf(10)]);
  });

  it('hold what the log has, deletions and later values among it', () => {
    const vfs = closed();
    const engine = open(vfs);
    write(engine, 0, 10, () => 'new');
    const batch = engine.createBatch();
    batch.delete(engine.trees.get('fixed')!, bytes(keyOf(20)), 10);
    engine.writeSync(batch);
    engine.closeSync();
    const { codes, left } = remains(vfs);
    expect(codes).toEqual([]);
    expect(left.get('fixed')!.has(keyOf(20))).toBe(false);
    expect(left.get('varying')!.has(keyOf(20))).toBe(true);
    expect(left.get('fixed')!.get(keyOf(3))).toBe('new');
    expect(left.get('fixed')!.get(keyOf(10))).toBe(contentOf(10));
  });
});

describe('what is missing', () => {
  it('is told: a table, with the range of its keys', () => {
    const vfs = closed();
    vfs.remove(`/db/${named(vfs, /\.table$/)[0]}`);
    const { codes, messages, left } = remains(vfs);
    expect(codes).toEqual(['QDB4204']);
    expect(messages).toMatch(/is missing: 200 entries of \w+ are lost, from key 0x\w+ to 0x\w+/);
    expect([...left.values()].map(({ size }) => size).sort((a, b) => a - b)).toEqual([0, KEYS]);
  });

  it('is told: CURRENT, and the newest manifest is read', () => {
    const vfs = closed();
    vfs.remove('/db/CURRENT');
    const { codes, left } = remains(vfs);
    expect(codes).toEqual(['QDB4201']);
    expect(left.get('fixed')).toEqual(whole);
  });

  it('is told: the manifest that CURRENT names, and another one is read', () => {
    const vfs = closed();
    stageCurrent(vfs, '/db', { number: 9, durableBytes: 16 });
    switchCurrent(vfs, '/db');
    const { codes, messages, left } = remains(vfs);
    expect(codes).toEqual(['QDB4202']);
    expect(messages).toMatch(/MANIFEST-000009 is missing; MANIFEST-000001 was read instead/);
    expect(left.get('varying')).toEqual(whole);
  });
});

describe('files that do not belong', () => {
  it('are named, and told from what a crash leaves', () => {
    const vfs = closed();
    for (const name of ['notes.txt', 'CURRENT.tmp', '000999.table']) vfs.open(`/db/${name}`, 'create').close();
    const found = new Remains(vfs, '/db');
    found.check();
    expect(found.findings.map(({ code, severity }) => `${code} ${severity}`)).toEqual(Array(3).fill('QDB4214 note'));
    const messages = found.findings.map(({ message }) => message).sort();
    expect(messages[0]).toMatch(/000999.table is left of something that a crash ended/);
    expect(messages[1]).toMatch(/CURRENT.tmp is left of/);
    expect(messages[2]).toMatch(/notes.txt is no file of the database/);
  });
});

describe('a damaged manifest', () => {
  function manifestOf(vfs: Vfs): string {
    return named(vfs, /^MANIFEST/).at(-1)!;
  }

  /** Appends an edit that the engine would not have written, and says that it is durable. */
  function append(vfs: Vfs, change: VersionEdit): void {
    const name = manifestOf(vfs);
    let size = 0;
    edit(vfs, name, (content) => {
      const after = Buffer.concat([content, encodeFrame(change, content.length)]);
      size = after.length;
      return after;
    });
    stageCurrent(vfs, '/db', { number: Number(name.slice('MANIFEST-'.length)), durableBytes: size });
    switchCurrent(vfs, '/db');
  }

  it('whose first edit is not whole hides no table', () => {
    const vfs = closed();
    flip(vfs, manifestOf(vfs), 40);
    const { codes, left, messages } = remains(vfs);
    expect(codes).toContain('QDB4202');
    expect(messages).toMatch(/a version edit at byte \d+ is not whole/);
    expect(left.get('fixed')).toEqual(whole);
    expect(left.get('varying')).toEqual(whole);
  });

  it('whose header is not one is read all the same', () => {
    const vfs = closed();
    flip(vfs, manifestOf(vfs), 9);
    const { messages, left } = remains(vfs);
    expect(messages).toMatch(/it does not begin as a manifest/);
    expect(left.get('fixed')).toEqual(whole);
  });

  it('that was cut is told by its length', () => {
    const vfs = closed();
    let last = 0;
    append(vfs, { lastSequence: 5000 });
    edit(vfs, manifestOf(vfs), (content) => {
      last = content.length;
      return content.subarray(0, content.length - encodeFrame({ lastSequence: 5000 }, 0).length);
    });
    const { codes, messages, left } = remains(vfs);
    expect(codes).toEqual(['QDB4202']);
    expect(messages).toMatch(new RegExp(`it was ${last} bytes long`));
    expect(left.get('fixed')).toEqual(whole);
  });

  it('that has lost itself, and a table whose properties are lost too, leaves the others', () => {
    const vfs = closed();
    vfs.remove(`/db/${manifestOf(vfs)}`);
    const [first] = named(vfs, /\.table$/);
    edit(vfs, first!, (content) => content.fill(0, content.length - 200));
    const { codes, left } = remains(vfs);
    expect(codes).toContain('QDB4202');
    expect(left.size).toBe(1);
    expect([...left.values()]).toEqual([whole]);
  });

  it('whose edits contradict each other is told, and followed', () => {
    const vfs = closed();
    append(vfs, { removeTables: [777] });
    const { codes, messages, left } = remains(vfs);
    expect(codes).toContain('QDB4202');
    expect(messages).toMatch(/contradicts those before/);
    expect(left.get('fixed')).toEqual(whole);
  });

  it('that dropped a tree keeps no table of it', () => {
    const vfs = closed();
    const engine = open(vfs);
    engine.dropTree('varying');
    engine.closeSync();
    const { codes, left } = remains(vfs);
    expect(codes.filter((code) => code !== 'QDB4214')).toEqual([]);
    expect([...left.keys()]).toEqual(['fixed']);
  });
});

describe('a damaged log', () => {
  /** Large enough for a record to cross blocks of the log (32 KiB). */
  const LARGE = 100_000;

  function logged(): { vfs: Vfs; log: string } {
    const vfs = closed();
    const engine = open(vfs, { durability: 'commit' });
    write(engine, 1000, 1006, (i) => String(i).repeat(LARGE / 4));
    const crashed = crashedCopy(vfs);
    engine.closeSync();
    const log = named(crashed, /^wal-/).find((name) => contents(crashed, name).includes('10001000'));
    return { vfs: crashed, log: log! };
  }

  const large = (left: Map<string, Map<string, string>>): string[] =>
    [...left.get('fixed')!.keys()].filter((key) => key > keyOf(999));

  it('loses the record that is damaged, and no other', () => {
    const { vfs, log } = logged();
    expect(large(remains(vfs).left)).toEqual([1000, 1001, 1002, 1003, 1004, 1005].map(keyOf));
    flip(vfs, log, 300_000);
    const { codes, left } = remains(vfs);
    expect(codes).toEqual(['QDB4203']);
    expect(large(left)).toEqual([1000, 1002, 1003, 1004, 1005].map(keyOf));
    expect(left.get('fixed')!.get(keyOf(1003))).toBe('1003'.repeat(LARGE / 4));
  });

  it('is read without the header of its file', () => {
    const { vfs, log } = logged();
    flip(vfs, log, 20);
    const { codes, left } = remains(vfs);
    expect(codes).toEqual(['QDB4203']);
    expect(large(left)).toEqual([1000, 1001, 1002, 1003, 1004, 1005].map(keyOf));
  });

  it('with a torn end after a crash has lost nothing that was promised', () => {
    const vfs = closed();
    const engine = open(vfs);
    write(engine, 1000, 1003, (i) => String(i));
    const crashed = crashedCopy(vfs);
    const log = named(crashed, /^wal-/).find((name) => contents(crashed, name).includes('1002'))!;
    flip(crashed, log, contents(crashed, log).lastIndexOf('1002'));
    engine.closeSync();
    const found = new Remains(crashed, '/db');
    found.check();
    expect(found.findings).toMatchObject([{ code: 'QDB4214', severity: 'note' }]);
    expect(found.findings[0]!.message).toMatch(/ends with \d+ bytes of a commit that a crash has cut/);
    const entries = new Set([...found.entries(found.trees.get('fixed')!)].map(({ key }) => key.toString('latin1')));
    expect([keyOf(1001), keyOf(1002)].map((key) => entries.has(key))).toEqual([true, false]);
  });
});

it('keys are shown in hexadecimal, long ones cut', () => {
  expect(hex(Buffer.from([0, 255]))).toBe('0x00ff');
  expect(hex(Buffer.alloc(25, 1))).toBe(`0x${'01'.repeat(24)}...`);
});
