import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ByteSpan } from '../../../runtime/bytes/writer.js';
import { MAX_KEY_BYTES, MAX_VALUE_BYTES, openEngine, type Tree } from '../../../runtime/engine/index.js';
import { Batch, BatchReader } from '../../../runtime/engine/write/batch.js';
import { LimitError } from '../../../runtime/errors.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';

const users = { id: 3, name: 'users', keySize: null } as Tree;
const numbers = { id: 70_000, name: 'numbers', keySize: 2 } as Tree;

describe('Batch', () => {
  it('reads back as it was written', () => {
    const batch = new Batch();
    batch.put(users, Buffer.from('ann'), 3, Buffer.from('..value..'), 2, 7);
    batch.delete(numbers, Buffer.from('xyz'), 2);
    batch.beginPut(users, Buffer.from(''), 0).append(Buffer.alloc(300, 7));
    batch.endPut();
    const reader = new BatchReader();
    const { bytes, at } = batch.writer;
    reader.open(bytes, 0, at);
    const seen: unknown[] = [];
    while (reader.next()) {
      const { tree, deleted, keyStart, keyEnd, valueStart, valueEnd } = reader;
      seen.push([
        tree,
        deleted,
        bytes.toString('latin1', keyStart, keyEnd),
        bytes.toString('latin1', valueStart, valueEnd),
      ]);
    }
    expect(seen).toEqual([
      [3, false, 'ann', 'value'],
      [70_000, true, 'xy', ''],
      [3, false, '', '\u0007'.repeat(300)],
    ]);
    expect(batch.count).toBe(3);
    batch.clear();
    expect([batch.count, batch.byteLength]).toEqual([0, 0]);
  });

  it('is made of the bytes that docs/format.md shows', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/format.md'), 'utf8');
    const shown = /(?<=^### Write batch\n[^#]*```\n)(?: [0-9A-F]{2}(?: [0-9A-F]{2})*\n)+(?=```)/m.exec(page)![0];
    const batch = new Batch();
    batch.put({ id: 3, name: 't', keySize: null } as Tree, Buffer.from('ab'), 2, Buffer.from('x'), 0, 1);
    batch.delete({ id: 300, name: 'u', keySize: null } as Tree, Buffer.from('c'), 1);
    const { bytes, at } = batch.writer;
    expect(bytes.toString('hex', 0, at)).toBe(shown.replaceAll(/\s/g, '').toLowerCase());
  });

  it('names no tree of an operation that was refused', async () => {
    const engine = await openEngine({ vfs: new MemoryVfs(), path: '/db' });
    const [kept, dropped] = ['kept', 'dropped'].map((name) => engine.openTree(name, { keySize: null })) as [Tree, Tree];
    const batch = engine.createBatch();
    batch.beginPut(dropped, Buffer.from('k'), 1).append(Buffer.alloc(MAX_VALUE_BYTES + 1));
    expect(() => batch.endPut()).toThrow(LimitError);
    batch.put(kept, Buffer.from('k'), 1, Buffer.from('v'), 0, 1);
    engine.dropTree('dropped');
    engine.writeSync(batch);
    expect(kept.get(Buffer.from('k'), 1, new ByteSpan())).toBe(true);
    await engine.close();
  });

  it('refuses keys of a wrong size', () => {
    const batch = new Batch();
    expect(() => batch.delete(numbers, Buffer.from('abc'), 3)).toThrow(LimitError);
    expect(() => batch.beginPut(users, Buffer.alloc(MAX_KEY_BYTES + 1), MAX_KEY_BYTES + 1)).toThrow(LimitError);
    expect(batch.byteLength).toBe(0);
  });
});
