// Pins the bytes that docs/format.md draws: who changes them without meaning to fails here.
import { createHash } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { loadXxh3 } from '../../../runtime/bytes/xxh3.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';
import { PATH, type TestOptions, type Version, version, write } from './rig.js';

beforeAll(loadXxh3);

const versions: Version[] = Array.from({ length: 300 }, (_, i) =>
  version(`user${String(i >> 1).padStart(4, '0')}`, `value ${i}`, 1000 - i, i % 7 === 0),
);

function bytesOf(options: TestOptions): Buffer {
  const vfs = new MemoryVfs();
  write(vfs, versions, options);
  const file = vfs.open(PATH, 'read');
  const bytes = Buffer.alloc(file.size());
  file.read(bytes, 0, bytes.length, 0);
  return bytes;
}

it.each([
  { name: 'fixed keys', keySize: 8, digest: '916e30b32270de804e08f6062e88be95' },
  { name: 'keys that vary', keySize: null, digest: '80b8c5617ef884791413bd5df1a33994' },
])('are those of format version 2: $name', ({ keySize, digest }) => {
  const bytes = bytesOf({ keySize, bitsPerKey: 16 });
  expect(createHash('sha256').update(bytes).digest('hex').slice(0, 32)).toBe(digest);
});

it('read by hand, as the page says, the first block is there', () => {
  const bytes = bytesOf({ keySize: 8, bitsPerKey: 16 });
  const footer = bytes.length - 40;
  expect(bytes.toString('latin1', footer + 32)).toBe('QDBTABLE');
  const index = bytes.readDoubleLE(footer) + bytes.readUInt32LE(footer + 8);
  expect(bytes.readUInt32LE(index)).toBe(2);
  const stored = bytes.readUInt32LE(index + 12) * 8;
  const [payload, method] = [bytes.readUInt32LE(stored - 16), bytes.readUInt32LE(stored - 12)];
  expect([stored, method]).toEqual([8 * Math.ceil((payload + 16) / 8), 3]);
  // The tail lacks its last eight bytes, the checksum.
  const end = payload + 8;
  const count = bytes.readUInt16LE(end - 16);
  const width = bytes.readUInt16LE(end - 14);
  expect([bytes.readUInt32LE(end - 24), width, bytes.readUInt32LE(end - 12)]).toEqual([4096, 1, 0]);
  const [prefix, suffix] = [bytes[payload - 26]!, bytes[payload - 25]!];
  const offsets = payload - 26 - 2 * count;
  const sequences = offsets - width * count;
  const shared = sequences - prefix - suffix;
  const keys = bytes.readUInt32LE(end - 20);
  const middle = 8 - prefix - suffix;
  expect([prefix, suffix, shared]).toEqual(['user0'.length, 0, keys + middle * count]);
  for (const i of [0, 1, 7, 100]) {
    const { key, sequence, deleted, value } = versions[i]!;
    const own = bytes.subarray(keys + middle * i, keys + middle * (i + 1));
    expect(Buffer.concat([bytes.subarray(shared, shared + prefix), own])).toEqual(key);
    expect(bytes.readDoubleLE(end - 32) + bytes.readUInt8(sequences + i)).toBe(sequence);
    const offset = bytes.readUInt16LE(offsets + 2 * i);
    expect(offset >= 0x8000).toBe(deleted);
    const next = bytes.readUInt16LE(offsets + 2 * i + 2) & 0x7fff;
    expect(bytes.subarray(offset & 0x7fff, next)).toEqual(value);
  }
});
