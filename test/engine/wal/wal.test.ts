// The log as its users see it: what was appended comes back, segments are recycled, and every way of ending is told apart.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FORMAT_VERSION } from '../../../runtime/engine/format.js';
import {
  BLOCK_BYTES,
  encodeHeader,
  FRAGMENT_HEADER_BYTES,
  HEADER,
  LAST,
  MIDDLE,
  SEGMENT_HEADER_BYTES,
  sealFragment,
} from '../../../runtime/engine/wal/fragment.js';
import type { WalPosition, WalRecovery } from '../../../runtime/engine/wal/log.js';
import { replay } from '../../../runtime/engine/wal/replay.js';
import { WalWriter } from '../../../runtime/engine/wal/writer.js';
import { CorruptionError } from '../../../runtime/errors.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';
import type { Vfs } from '../../../runtime/vfs/vfs.js';

interface Log extends WalRecovery {
  readonly all: readonly (readonly [sequence: number, record: string])[];
}

/** Small files, so that a test reads little. */
const OPTIONS = { growBytes: 2 * BLOCK_BYTES, keepFree: 2 };

function read(vfs: Vfs, from = 0, durable: WalPosition | null = null): Log {
  const all: [number, string][] = [];
  const recovery = replay(vfs, '', from, durable, (sequence, bytes, start, end) => {
    all.push([sequence, bytes.toString('latin1', start, end)]);
  });
  return { ...recovery, all };
}

function open(vfs: Vfs, from = 0): WalWriter {
  return WalWriter.open(vfs, '', read(vfs, from), OPTIONS);
}

function append(wal: WalWriter, sequence: number, record: string): void {
  const bytes = Buffer.from(`<${record}>`, 'latin1');
  wal.append(sequence, bytes, 1, bytes.length - 1);
}

/** Changes bytes of a file from outside. */
function patch(vfs: Vfs, path: string, offset: number, bytes: Uint8Array): void {
  const file = vfs.open(path, 'write');
  file.write(bytes, 0, bytes.length, offset);
  file.close();
}

describe('records', () => {
  test('of any size come back with their sequences, over flushes, segments and reopens', () => {
    const record = fc.oneof(
      fc.string({ unit: 'binary-ascii', maxLength: 40 }),
      fc.integer({ min: 0, max: 3 * BLOCK_BYTES }).map((size) => 'r'.repeat(size)),
      // Just about a block.
      fc.integer({ min: BLOCK_BYTES - 200, max: BLOCK_BYTES }).map((size) => 'b'.repeat(size)),
    );
    const step = fc.oneof(
      { weight: 6, arbitrary: record.map((text) => ({ kind: 'append' as const, text })) },
      {
        weight: 3,
        arbitrary: fc.constantFrom('flush', 'sync', 'rotate', 'reopen').map((kind) => ({ kind, text: '' })),
      },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const vfs = new MemoryVfs();
        const written: [number, string][] = [];
        let wal = open(vfs);
        for (const { kind, text } of steps) {
          if (kind === 'append') {
            const sequence = written.length + 2 ** 40;
            append(wal, sequence, text);
            written.push([sequence, text]);
          } else if (kind === 'flush') wal.flush();
          else if (kind === 'sync') wal.sync();
          else if (kind === 'rotate') wal.rotate();
          else {
            const end = wal.close();
            expect(read(vfs, 0, end).end).toEqual(end);
            wal = open(vfs);
          }
        }
        const end = wal.close();
        const log = read(vfs, 0, end);
        expect(log.all).toEqual(written);
        expect(log).toMatchObject({ records: written.length, tornBytes: 0, end });
        expect(log.lastSequence).toBe(written.at(-1)?.[0] ?? 0);
      }),
      { numRuns: 60 },
    );
  });

  test('that only the buffer holds are not in the log; flushed ones are', () => {
    const vfs = new MemoryVfs();
    const wal = open(vfs);
    append(wal, 1, 'flushed');
    wal.flush();
    append(wal, 2, 'buffered');
    expect(read(vfs).all).toEqual([[1, 'flushed']]);
  });

  test('fill a block to its last byte, or leave less than a fragment needs', () => {
    const room = BLOCK_BYTES - SEGMENT_HEADER_BYTES - FRAGMENT_HEADER_BYTES - 8;
    for (let spare = 0; spare <= 40; spare++) {
      const vfs = new MemoryVfs();
      const wal = open(vfs);
      append(wal, 1, 'x'.repeat(room - spare));
      append(wal, 2, 'next');
      append(wal, 3, '');
      const end = wal.close();
      const log = read(vfs, 0, end);
      expect(log.all.map(([sequence, text]) => [sequence, text.length])).toEqual([
        [1, room - spare],
        [2, 4],
        [3, 0],
      ]);
      expect(log.tornBytes).toBe(0);
    }
  });
});

describe('segments', () => {
  test('are released, recycled, and removed when more are free than are kept', () => {
    const vfs = new MemoryVfs();
    const wal = open(vfs);
    for (let i = 1; i <= 5; i++) {
      append(wal, i, `in segment ${i}`);
      expect(wal.rotate()).toBe(i + 1);
    }
    expect(wal.counters.segments).toBe(6);
    expect(vfs.list('')).toHaveLength(6);
    wal.release(5);
    expect(wal.counters.segments).toBe(2);
    expect(vfs.list('')).toHaveLength(4);
    append(wal, 6, 'in segment 6');
    for (let i = 7; i < 9; i++) {
      wal.rotate();
      append(wal, i, `in a recycled file ${i}`);
    }
    expect(vfs.list('')).toHaveLength(4);
    wal.sync();
    expect(read(vfs, 5).all.map(([sequence]) => sequence)).toEqual([5, 6, 7, 8]);
    expect(read(vfs, 7).all.map(([sequence]) => sequence)).toEqual([7, 8]);
    // The current one stays, whatever is released.
    wal.release(100);
    expect(wal.counters.segments).toBe(1);
    expect(read(vfs, 8).all).toEqual([[8, 'in a recycled file 8']]);
  });

  test('free files are found again after a reopen', () => {
    const vfs = new MemoryVfs();
    let wal = open(vfs);
    const segment = wal.rotate();
    wal.release(segment);
    // Nobody closed the first.
    wal = open(vfs, segment);
    wal.rotate();
    expect(vfs.list('')).toHaveLength(2);
  });

  test('a log that is closed holds its records and nothing else, and goes on', () => {
    const vfs = new MemoryVfs();
    let wal = open(vfs);
    append(wal, 1, 'released');
    wal.release(wal.rotate());
    append(wal, 2, 'kept');
    const durable = wal.close()!;
    expect(vfs.list('')).toHaveLength(1);
    const file = vfs.open(vfs.list('')[0]!, 'read');
    expect(file.size()).toBe(durable.offset);
    file.close();
    wal = WalWriter.open(vfs, '', read(vfs, durable.segment, durable), OPTIONS);
    append(wal, 3, 'behind it');
    wal.sync();
    expect(read(vfs, durable.segment, durable).all).toEqual([
      [2, 'kept'],
      [3, 'behind it'],
    ]);
  });

  test('one that is missing is damage', () => {
    const vfs = new MemoryVfs();
    const wal = open(vfs);
    for (let i = 1; i <= 3; i++) {
      append(wal, i, 'x');
      if (i < 3) wal.rotate();
    }
    const end = wal.close();
    const names = vfs.list('');
    for (const name of names) {
      const without = new MemoryVfs();
      for (const other of names) if (other !== name) patch(without, other, 0, contents(vfs, other));
      expect(() => read(without, 1, end)).toThrow(CorruptionError);
    }
    expect(() => read(new MemoryVfs(), 1)).toThrow('log segment 1 is missing');
    expect(read(new MemoryVfs())).toMatchObject({ records: 0, end: { segment: 0, offset: 0 } });
  });

  test('do not grow past what 32 bits can name', () => {
    const vfs = new MemoryVfs();
    open(vfs).close();
    const recovery = read(vfs);
    const wal = WalWriter.open(vfs, '', { ...recovery, end: { segment: 1, offset: 0xffffffff - 70_000 } }, OPTIONS);
    append(wal, 1, 'x');
    expect(() => append(wal, 2, 'x'.repeat(100_000))).toThrow(expect.objectContaining({ code: 'QDB4050' }));
  });

  test('two files with one number are damage', () => {
    const vfs = new MemoryVfs();
    open(vfs).close();
    patch(vfs, 'wal-009.log', 0, contents(vfs, vfs.list('')[0]!));
    expect(() => read(vfs)).toThrow(CorruptionError);
  });

  test('of another format version are refused by name', () => {
    const vfs = new MemoryVfs();
    open(vfs).close();
    const name = vfs.list('')[0]!;
    patch(vfs, name, 0, encodeHeader(1, FORMAT_VERSION + 1, 0));
    expect(() => read(vfs)).toThrow(expect.objectContaining({ code: 'QDB4011' }));
  });
});

describe('a tail', () => {
  /** Records 1 and 2 are synced; 3 and 4 only flushed. */
  function written(): { vfs: MemoryVfs; name: string; offsets: number[] } {
    const vfs = new MemoryVfs();
    const wal = open(vfs);
    const offsets: number[] = [];
    for (let i = 1; i <= 4; i++) {
      offsets.push(wal.segmentBytes);
      append(wal, i, `record ${i}`);
      if (i === 2) wal.sync();
    }
    wal.flush();
    return { vfs, name: vfs.list('')[0]!, offsets };
  }
  const flip = (vfs: Vfs, name: string, offset: number) => {
    const bytes = contents(vfs, name).subarray(offset, offset + 1);
    patch(vfs, name, offset, Uint8Array.of(bytes[0]! ^ 0x10));
  };

  test('torn behind the last sync is dropped and counted, even if its end is whole', () => {
    const { vfs, name, offsets } = written();
    flip(vfs, name, offsets[2]! + 20);
    const log = read(vfs);
    expect(log.all.map(([sequence]) => sequence)).toEqual([1, 2]);
    expect(log.tornBytes).toBe(2 * (offsets[3]! - offsets[2]!));
    // And what was dropped doesn't come back when the log goes on.
    const wal = WalWriter.open(vfs, '', log, OPTIONS);
    append(wal, 3, 'another 3');
    const end = wal.close();
    expect(read(vfs, 0, end).all).toEqual([
      [1, 'record 1'],
      [2, 'record 2'],
      [3, 'another 3'],
    ]);
  });

  test('damaged before the last sync is damage, with file and offset', () => {
    const { vfs, name, offsets } = written();
    flip(vfs, name, offsets[1]! + 20);
    expect(() => read(vfs)).toThrow(expect.objectContaining({ code: 'QDB4010', file: `/${name}`, offset: offsets[1] }));
  });

  test('is damage after a clean close', () => {
    const vfs = new MemoryVfs();
    const wal = open(vfs);
    append(wal, 1, 'only');
    const end = wal.close();
    flip(vfs, vfs.list('')[0]!, SEGMENT_HEADER_BYTES + 20);
    expect(read(vfs).all).toEqual([]);
    expect(() => read(vfs, 0, end)).toThrow(CorruptionError);
  });

  test('of a segment that was left behind is damage', () => {
    const vfs = new MemoryVfs();
    const wal = open(vfs);
    append(wal, 1, 'first');
    append(wal, 2, 'second');
    const last = wal.segmentBytes - 1;
    wal.rotate();
    wal.flush();
    flip(vfs, vfs.list('')[0]!, last);
    expect(() => read(vfs)).toThrow(CorruptionError);
  });

  test('whose fragments are whole but make no record is dropped', () => {
    for (const type of [MIDDLE, LAST, HEADER]) {
      const { vfs, name, offsets } = written();
      const fragment = Buffer.alloc(30);
      sealFragment(new DataView(fragment.buffer, fragment.byteOffset), 0, offsets[2]!, 1, 0, 14, type);
      patch(vfs, name, offsets[2]!, fragment);
      const log = read(vfs);
      expect(log.all.map(([sequence]) => sequence)).toEqual([1, 2]);
      expect(log.tornBytes).toBeGreaterThan(0);
    }
  });

  test('that holds log bytes as a record is not taken for log', () => {
    const { vfs, name } = written();
    const inner = contents(vfs, name).toString('latin1', 0, 400);
    const other = new MemoryVfs();
    const wal = open(other);
    append(wal, 1, inner);
    wal.flush();
    flip(other, other.list('')[0]!, SEGMENT_HEADER_BYTES + 1);
    const log = read(other);
    expect(log.all).toEqual([]);
  });
});

function contents(vfs: Vfs, name: string): Buffer {
  const file = vfs.open(name, 'read');
  const bytes = Buffer.alloc(file.size());
  file.read(bytes, 0, bytes.length, 0);
  file.close();
  return bytes;
}
