// What abstract-level's suite does not ask: the disk, durability, fairness to the event loop, and agreement with LevelDB.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { QuantaLevel } from '../../runtime/level/index.js';
import { NodeVfs } from '../../runtime/vfs/node.js';

const directory = mkdtempSync(join(tmpdir(), 'quantadb-level-'));
let databases = 0;

afterEach(() => vi.restoreAllMocks());
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function location(): string {
  return join(directory, String(databases++));
}

describe('on disk', () => {
  it('keeps every key, the empty one too, through a flush and a reopening', async () => {
    const path = location();
    const db = new QuantaLevel<string, Buffer>(path, { valueEncoding: 'buffer' });
    const big = Buffer.alloc(1024 * 1024, 'x');
    await db.put('', Buffer.from('empty'));
    for (let i = 0; i < 12; i++) await db.put(`big${i}`, big);
    await db.put('\u{1f600}', Buffer.alloc(0));
    const check = async (): Promise<void> => {
      expect(String(db.getSync(''))).toBe('empty');
      expect(await db.keys({ limit: 2 }).all()).toEqual(['', 'big0']);
      expect(await db.keys({ reverse: true, limit: 1 }).all()).toEqual(['\u{1f600}']);
      expect(await db.keys({ lte: '' }).all()).toEqual(['']);
      const [value, none, empty, nothing] = await db.getMany(['big7', 'none', '', '\u{1f600}']);
      expect([value!.equals(big), none, String(empty), nothing!.length]).toEqual([true, undefined, 'empty', 0]);
    };
    await check();
    await db.close();
    await db.open();
    await check();
    await db.close();
  });

  it('says in the words of the ecosystem that another has it open', async () => {
    const db = new QuantaLevel(location());
    await db.open();
    const second = new QuantaLevel(db.location);
    await expect(second.open()).rejects.toMatchObject({
      code: 'LEVEL_DATABASE_NOT_OPEN',
      cause: { code: 'LEVEL_LOCKED', cause: { code: 'QDB4020' } },
    });
    await db.close();
    await second.open();
    await second.close();
  });

  it('refuses what is missing, or there already, as told', async () => {
    const path = location();
    const missing = new QuantaLevel(path, { createIfMissing: false });
    await expect(missing.open()).rejects.toMatchObject({ cause: { code: 'QDB4021' } });
    const db = new QuantaLevel(path);
    await db.open();
    await db.close();
    await expect(db.open({ errorIfExists: true })).rejects.toMatchObject({ cause: { code: 'QDB4022' } });
    expect(() => new QuantaLevel('')).toThrow(TypeError);
  });
});

describe('durability', () => {
  it("syncs with `sync: true` alone, unless it was opened with 'commit'", async () => {
    const open = NodeVfs.prototype.open;
    let syncs = 0;
    vi.spyOn(NodeVfs.prototype, 'open').mockImplementation(function (this: NodeVfs, path, mode) {
      const file = open.call(this, path, mode);
      const { sync, syncAsync } = file;
      file.sync = () => {
        syncs++;
        sync.call(file);
      };
      file.syncAsync = () => {
        syncs++;
        return syncAsync.call(file);
      };
      return file;
    });
    const syncsOf = async (write: () => Promise<void>): Promise<number> => {
      const before = syncs;
      await write();
      return syncs - before;
    };
    const db = new QuantaLevel(location());
    await db.open();
    expect(await syncsOf(() => db.put('a', '1'))).toBe(0);
    expect(await syncsOf(() => db.put('a', '1', { sync: true }))).toBe(1);
    expect(await syncsOf(() => db.del('a', { sync: true }))).toBe(1);
    expect(await syncsOf(() => db.batch([{ type: 'put', key: 'b', value: '2' }], { sync: true }))).toBe(1);
    expect(await syncsOf(() => db.batch().put('c', '3').write({ sync: true }))).toBe(1);
    expect(await syncsOf(() => db.batch().put('c', '3').write())).toBe(0);
    await db.close();
    await db.open({ durability: 'commit' });
    expect(await syncsOf(() => db.put('a', '1'))).toBe(1);
    await db.close();
  });
});

describe('iterators', () => {
  it('leave the event loop its turns', async () => {
    const db = new QuantaLevel(location());
    await db.batch(Array.from({ length: 10_000 }, (_, i) => ({ type: 'put', key: `${i}`, value: '' }) as const));
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const immediate = (): void => {
      turns++;
      handle = setImmediate(immediate);
    };
    let handle = setImmediate(immediate);
    for await (const _ of db.keys()) void _;
    clearInterval(timer);
    clearImmediate(handle);
    expect(turns).toBeGreaterThanOrEqual(5);
    await db.close();
  });

  it('see the state at their making, while it is overwritten and cleared', async () => {
    const db = new QuantaLevel<string, number>(location(), { valueEncoding: 'json' });
    const keys = Array.from({ length: 30_000 }, (_, i) => String(i).padStart(40, '0'));
    await db.batch(keys.map((key) => ({ type: 'put', key, value: 1 }) as const));
    const iterator = db.values();
    const snapshot = db.snapshot();
    await db.batch(keys.map((key) => ({ type: 'put', key, value: 2 }) as const));
    await db.clear({ lt: keys[20_000]! });
    expect(await db.keys().all()).toEqual(keys.slice(20_000));
    expect(await iterator.all()).toEqual(keys.map(() => 1));
    expect(await db.get(keys[0]!, { snapshot })).toBe(1);
    await snapshot.close();
    await db.clear({ reverse: true, limit: 9_999 });
    expect(await db.keys().all()).toEqual([keys[20_000]]);
    await db.close();
  });

  it('end a chunk early when values are large', async () => {
    const db = new QuantaLevel(location());
    for (let i = 0; i < 4; i++) await db.put(`${i}`, 'x'.repeat(600_000));
    const iterator = db.keys();
    expect(await iterator.nextv(10)).toEqual(['0', '1']);
    expect(await iterator.all()).toEqual(['2', '3']);
    await db.close();
  });
});
