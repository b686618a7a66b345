// The manifest under power cuts, failing calls and damage: a reopen finds the last version that was promised or the one that was
// being written, or a typed error says why not.
import { beforeAll, expect, test } from 'vitest';
import { loadXxh3 } from '../../../runtime/bytes/xxh3.js';
import type { VersionEdit } from '../../../runtime/engine/version/edit.js';
import { Manifest } from '../../../runtime/engine/version/manifest.js';
import type { Version } from '../../../runtime/engine/version/version.js';
import { DiskFullError, QuantaError, ReadOnlyError } from '../../../runtime/errors.js';
import type { Vfs } from '../../../runtime/vfs/vfs.js';
import { type Acknowledged, cutEverywhere } from '../../support/crash.js';
import { type Fault, FaultyVfs } from '../../support/faulty-vfs.js';
import { integer, seeded } from '../../support/random.js';

beforeAll(loadXxh3);

/** Edit `i`: a table more, the one before leaves; keys so large that the log is soon begun anew. */
function edit(i: number, keyBytes: number): VersionEdit {
  const tree = { addTrees: [{ id: 1, name: 'User', keySize: null }] };
  const table = {
    ...{ id: i + 1, treeId: 1, level: 0, bytes: 4096, entries: i, tombstones: 0, minSequence: i, maxSequence: i },
    ...{ smallest: Buffer.alloc(keyBytes, i), largest: Buffer.alloc(keyBytes, i) },
  };
  return {
    ...(i === 1 ? tree : { removeTables: [i] }),
    addTables: [table],
    nextId: i + 2,
    lastSequence: i,
    walFrom: i,
  };
}

/** Which edit was the last, checked against all that it should have led to. */
function lastEdit(version: Version): number {
  const i = version.lastSequence;
  expect([...version.tables.keys()]).toEqual(i === 0 ? [] : [i + 1]);
  expect(version.walFrom).toBe(i);
  return i;
}

function reopened(vfs: Vfs): number {
  const manifest = Manifest.open(vfs, '');
  const i = lastEdit(manifest.version);
  manifest.close();
  return i;
}

test('a power cut anywhere leaves the promised version or the next, and edits go on', () => {
  const vfs = new FaultyVfs();
  const acknowledged: Acknowledged<number>[] = [];
  let manifest = Manifest.open(vfs, '');
  for (let i = 1; i <= 60; i++) {
    manifest.apply(edit(i, 2000));
    acknowledged.push({ position: vfs.operations.length, value: i });
    if (i % 20 === 0) {
      manifest.close();
      manifest = Manifest.open(vfs, '');
    }
  }
  manifest.close();
  // It was begun anew at least once beside the first time.
  expect(vfs.list('')).not.toContain('MANIFEST-000001');

  const cuts = cutEverywhere(vfs.operations, acknowledged, { seed: 1, randomCuts: 5 }, (cut) => {
    const found = reopened(cut.vfs);
    expect(Manifest.open(cut.vfs, '').tornBytes).toBe(0);
    const promised = cut.acknowledged ?? 0;
    expect(found === promised || found === promised + 1).toBe(true);
    const again = Manifest.open(cut.vfs, '');
    again.apply(edit(found + 1, 10));
    expect(reopened(cut.vfs)).toBe(found + 1);
  });
  expect(cuts).toBeGreaterThan(1500);
});

test('a closed manifest: every byte flipped, every length cut, every file missing', () => {
  const vfs = new FaultyVfs();
  let manifest = Manifest.open(vfs, '');
  for (let i = 1; i <= 5; i++) manifest.apply(edit(i, 10));
  manifest.close();
  manifest = Manifest.open(vfs, '');
  manifest.apply(edit(6, 10));
  manifest.close();
  // A manifest stands in no directory alone.
  vfs.open('/wal-001.log', 'create').close();
  const disk = vfs.disk();
  const intact = () => disk.afterCut('everything', seeded(1));

  const check = (damaged: Vfs) => {
    let found: number;
    try {
      found = reopened(damaged);
    } catch (error) {
      expect(error).toBeInstanceOf(QuantaError);
      return;
    }
    expect(found).toBe(6);
  };
  const random = seeded(2);
  for (const name of intact().list('')) {
    const size = intact().open(name, 'read').size();
    for (let at = 0; at < size; at++) {
      const flipped = intact();
      const file = flipped.open(name, 'write');
      const byte = Buffer.alloc(1);
      file.read(byte, 0, 1, at);
      byte[0]! ^= 1 << integer(random, 8);
      file.write(byte, 0, 1, at);
      check(flipped);
      const cut = intact();
      cut.open(name, 'write').truncate(at);
      check(cut);
    }
    const without = intact();
    without.remove(name);
    check(without);
  }
});

test('an edit that a later one follows is damaged, not torn, even without a close', () => {
  const vfs = new FaultyVfs();
  const manifest = Manifest.open(vfs, '');
  const offsets: number[] = [];
  for (let i = 1; i <= 3; i++) {
    offsets.push(vfs.open('/MANIFEST-000001', 'read').size());
    manifest.apply(edit(i, 10));
  }
  const damaged = vfs.disk().afterCut('nothing', seeded(1));
  // The length of the second edit: what follows can't be found by it.
  damaged.open('MANIFEST-000001', 'write').write(Buffer.of(0xff), 0, 1, offsets[1]! + 13);
  expect(() => Manifest.open(damaged, '')).toThrow(expect.objectContaining({ code: 'QDB4010', offset: offsets[1] }));
});

test.each<Fault>(['EIO', 'ENOSPC'])(
  'each call failing once with %s: the error is told, and no edit is half there',
  (fault) => {
    const run = (vfs: FaultyVfs) => {
      const errors: unknown[] = [];
      const manifest = Manifest.open(vfs, '');
      for (let tries = 0; manifest.version.lastSequence < 40 && tries < 60; tries++) {
        try {
          manifest.apply(edit(manifest.version.lastSequence + 1, 2000));
        } catch (error) {
          errors.push(error);
          // If the process dies now, a write that failed has left nothing.
          if (vfs.lastFault?.name === 'write' && errors.length === 1) {
            expect(reopened(vfs.disk().afterCut('everything', seeded(1)))).toBe(manifest.version.lastSequence);
          }
        }
      }
      return { errors, manifest };
    };
    const clean = new FaultyVfs();
    run(clean).manifest.close();
    for (let index = 0; index < clean.calls; index++) {
      let name = '';
      const vfs = new FaultyVfs((call) => {
        if (call.index !== index) return undefined;
        name = call.name;
        return fault;
      });
      let result: ReturnType<typeof run>;
      try {
        result = run(vfs);
      } catch (error) {
        expect(error instanceof QuantaError ? error.cause : error).toMatchObject({ code: fault });
        expect(vfs.openFiles).toBe(0);
        result = run(vfs);
      }
      const { errors, manifest } = result;
      const reached = lastEdit(manifest.version);
      if (reached < 40) {
        // It can't be known what is on the disk, so nothing was promised any more.
        expect(['sync', 'syncDirectory', 'rename', 'write']).toContain(name);
        expect(errors.slice(1).every((error) => error instanceof ReadOnlyError)).toBe(true);
        manifest.close();
      } else {
        try {
          manifest.close();
        } catch (error) {
          errors.push(error);
        }
        expect(errors.length).toBeLessThanOrEqual(1);
      }
      const found = reopened(vfs);
      expect(found === reached || found === reached + 1).toBe(true);
    }
  },
);

test('a close that finds no room says so, and loses nothing', () => {
  const vfs = new FaultyVfs();
  const manifest = Manifest.open(vfs, '');
  manifest.apply(edit(1, 10));
  vfs.plan = (call) => (call.name === 'write' ? 'ENOSPC' : undefined);
  expect(() => manifest.close()).toThrow(DiskFullError);
  vfs.plan = () => undefined;
  expect(reopened(vfs)).toBe(1);
});
