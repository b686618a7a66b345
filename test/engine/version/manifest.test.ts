// The manifest on disk: versions outlive a reopen, long logs are begun anew, and other people's bytes are refused.
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadXxh3, XXH3_HIGH, XXH3_LOW, xxh3 } from '../../../runtime/bytes/xxh3.js';
import { xxh32 } from '../../../runtime/bytes/xxh32.js';
import { FORMAT_VERSION } from '../../../runtime/engine/format.js';
import { Manifest } from '../../../runtime/engine/version/manifest.js';
import { encodeFrame } from '../../../runtime/engine/version/manifest-log.js';
import { CorruptionError } from '../../../runtime/errors.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';

let vfs: MemoryVfs;
beforeAll(loadXxh3);
beforeEach(() => {
  vfs = new MemoryVfs();
});

const TREE = { id: 1, name: 'User', keySize: null };
const table = (id: number) => ({
  ...{ id, treeId: 1, level: 0, bytes: 4096, entries: 10, tombstones: 0, minSequence: id, maxSequence: id },
  ...{ smallest: Buffer.alloc(20, id), largest: Buffer.alloc(20, id) },
});

test('a new directory begins with the empty version', () => {
  const manifest = Manifest.open(vfs, '');
  expect(manifest.isNew).toBe(true);
  expect(manifest.version.trees.size).toBe(0);
  manifest.close();
  expect(Manifest.open(vfs, '').isNew).toBe(false);
});

test('edits outlive a reopen, with or without a close', () => {
  let manifest = Manifest.open(vfs, '');
  manifest.apply({ addTrees: [TREE], nextId: 2 });
  manifest = Manifest.open(vfs, '');
  const version = manifest.apply({ addTables: [table(2)], nextId: 3, walFrom: 1, lastSequence: 5 });
  manifest.close();
  expect(Manifest.open(vfs, '').version).toEqual(version);
});

test('a log that has grown long is begun anew, and the old file leaves', () => {
  let manifest = Manifest.open(vfs, '');
  manifest.apply({ addTrees: [TREE] });
  for (let id = 2; id < 3000; id++) manifest.apply({ addTables: [table(id)], removeTables: id > 2 ? [id - 1] : [] });
  const { version } = manifest;
  manifest.close();
  expect(vfs.list('').filter((name) => name.startsWith('MANIFEST'))).toHaveLength(2);
  expect(vfs.list('')).not.toContain('MANIFEST-000001');
  manifest = Manifest.open(vfs, '');
  expect(manifest.version).toEqual(version);
});

test('an edit that contradicts the version changes nothing', () => {
  const manifest = Manifest.open(vfs, '');
  expect(() => manifest.apply({ removeTables: [7] })).toThrow(expect.objectContaining({ code: 'QDB4012' }));
  manifest.apply({ addTrees: [TREE] });
  expect(Manifest.open(vfs, '').version).toEqual(manifest.version);
});

test('another format version is refused by name', () => {
  Manifest.open(vfs, '').close();
  const header = read(vfs, 'MANIFEST-000001');
  header.writeUInt32LE(FORMAT_VERSION + 1, 8);
  header.writeUInt32LE(xxh32(new DataView(header.buffer, header.byteOffset), 0, 12), 12);
  write(vfs, 'MANIFEST-000001', header);
  expect(() => Manifest.open(vfs, '')).toThrow(expect.objectContaining({ code: 'QDB4011' }));
});

test('a whole frame whose edit contradicts the version is damage, at its offset', () => {
  const manifest = Manifest.open(vfs, '');
  const size = read(vfs, 'MANIFEST-000001').length;
  manifest.apply({ addTrees: [TREE] });
  const frame = encodeFrame({ removeTables: [7] }, size);
  vfs.open('MANIFEST-000001', 'write').write(frame, 0, frame.length, size);
  expect(() => Manifest.open(vfs, '')).toThrow(expect.objectContaining({ code: 'QDB4010', offset: size }));
});

describe('what a missing CURRENT leaves', () => {
  test.each(['000007.table', 'wal-001.log', 'MANIFEST-000002'])('with %s beside is damage', (name) => {
    write(vfs, name, Buffer.from('x'));
    expect(() => Manifest.open(vfs, '')).toThrow(CorruptionError);
  });

  test('with only a first manifest is a creation that was cut short', () => {
    write(vfs, 'MANIFEST-000001', Buffer.from('half'));
    write(vfs, 'README.md', Buffer.from('not ours'));
    expect(Manifest.open(vfs, '').isNew).toBe(true);
    expect(vfs.list('')).toContain('README.md');
  });
});

function read(from: MemoryVfs, name: string): Buffer {
  const file = from.open(name, 'read');
  const bytes = Buffer.alloc(file.size());
  file.read(bytes, 0, bytes.length, 0);
  return bytes;
}

function write(to: MemoryVfs, name: string, bytes: Buffer): void {
  const file = to.open(name, 'write');
  file.truncate(0);
  file.write(bytes, 0, bytes.length, 0);
}

test('a CURRENT of another release is refused by its version, though it is whole', () => {
  Manifest.open(vfs, '').close();
  const lines = Buffer.from(`quantadb ${FORMAT_VERSION + 1}\nMANIFEST-000001 16\n`);
  xxh3(lines, 0, lines.length);
  const sum = [XXH3_HIGH, XXH3_LOW].map((half) => half.toString(16).padStart(8, '0')).join('');
  const content = Buffer.concat([lines, Buffer.from(`${sum}\n`)]);
  const file = vfs.open('CURRENT', 'write');
  file.truncate(0);
  file.write(content, 0, content.length, 0);
  file.close();
  expect(() => Manifest.open(vfs, '')).toThrow(/QDB4011/);
});
