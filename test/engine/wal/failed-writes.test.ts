// What a write that failed leaves in the log: nothing that a later recovery takes for a record.
import { expect, test } from 'vitest';
import { replay } from '../../../runtime/engine/wal/replay.js';
import { WalWriter } from '../../../runtime/engine/wal/writer.js';
import { DiskFullError } from '../../../runtime/errors.js';
import type { Vfs } from '../../../runtime/vfs/vfs.js';
import { FaultyVfs } from '../../support/faulty-vfs.js';
import { seeded } from '../../support/random.js';

function recover(vfs: Vfs) {
  const sequences: number[] = [];
  return { ...replay(vfs, '', 0, null, (sequence) => sequences.push(sequence)), sequences };
}

/** Appends records of one size, the sequence in them, and hands them to the kernel. */
function write(wal: WalWriter, sequences: readonly number[]): void {
  for (const sequence of sequences) wal.append(sequence, Buffer.alloc(100, `${sequence},`), 0, 100);
  wal.flush();
}

// Sequences that begin again are the writer's own doing: so the erasing has to hold alone.
test.each([
  [3, 4, 5],
  [2, 3],
])('no record of a failed write stands behind one that is written in its place: %i, ...', (...later) => {
  let whole = 0;
  for (let index = 0; index < 6; index++) {
    const vfs = new FaultyVfs();
    const wal = WalWriter.open(vfs, '', recover(vfs));
    write(wal, [1]);
    wal.sync();
    // How much of it a failing write takes goes by the number of calls.
    for (let i = 0; i < index; i++) vfs.list('');
    const failing = vfs.calls;
    vfs.plan = ({ index: call }) => (call === failing ? 'ENOSPC' : undefined);
    // Their sequences are above those that come later, except for the first.
    expect(() => write(wal, [2, 13, 14, 15])).toThrow(DiskFullError);
    if (vfs.operations.at(-3)?.kind === 'write') whole++;
    for (const [i, sequence] of later.entries()) {
      write(wal, [sequence]);
      expect(recover(vfs).sequences).toEqual([1, ...later.slice(0, i + 1)]);
      for (let seed = 0; seed < 4; seed++) {
        const found = recover(vfs.disk().afterCut('some', seeded(seed))).sequences;
        expect([1, ...later].slice(0, found.length)).toEqual(found);
      }
    }
  }
  expect(whole).toBeGreaterThan(0);
});

test('a record whose sequence does not ascend ends the log, and another one goes on behind it', () => {
  const vfs = new FaultyVfs();
  const wal = WalWriter.open(vfs, '', recover(vfs));
  write(wal, [1, 5, 4, 6]);
  wal.sync();
  const recovery = recover(vfs);
  expect(recovery).toMatchObject({ records: 2, lastSequence: 5 });
  expect(recovery.tornBytes).toBeGreaterThan(200);
  write(WalWriter.open(vfs, '', recovery), [6, 7]);
  expect(recover(vfs).sequences).toEqual([1, 5, 6, 7]);
});
