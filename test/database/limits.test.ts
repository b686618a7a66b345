// What the engine refuses for its size reaches whoever called a DAO as a typed error, and leaves nothing behind.
import { expect, test } from 'vitest';
import { MAX_KEY_BYTES, MAX_TREES, MAX_VALUE_BYTES, openEngine } from '../../runtime/engine/index.js';
import { LimitError } from '../../runtime/errors.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { openTest } from '../support/database.js';
import { field, index, model } from '../support/entities.js';

const LIMIT = expect.objectContaining({ code: 'QDB4050', constructor: LimitError });

const PAGE = model(
  'Page',
  [field('id', { kind: 'string' }), field('title', { kind: 'string' }), field('data', { kind: 'bytes' })],
  [index(['title'])],
);

const page = (id: string, title = 'a', data = new Uint8Array(3)) => ({ id, title, data });

/** Text has some bytes more as a key than characters. */
const LONG = 'x'.repeat(MAX_KEY_BYTES - 10);
const TOO_LONG = 'x'.repeat(MAX_KEY_BYTES + 1);

test('a primary key that is too long is refused, and is the key of no row', async () => {
  await using db = await openTest([PAGE]);
  const pages = db.dao('Page');
  await expect(pages.put(page(TOO_LONG))).rejects.toEqual(LIMIT);
  expect(() => pages.insertSync(page(TOO_LONG))).toThrow(LIMIT);
  expect(pages.getSync(TOO_LONG)).toBe(undefined);
  expect([pages.hasSync(TOO_LONG), pages.deleteSync(TOO_LONG)]).toEqual([false, false]);
  expect(pages.getManySync([TOO_LONG, 'a'])).toEqual([undefined, undefined]);
  pages.putSync(page(LONG));
  expect(pages.getSync(LONG)?.id).toBe(LONG);
  expect(pages.countSync()).toBe(1);
});

test.each([1, 5000])(
  'an index key that is too long is refused with its row, and with the rows of its commit: %i rows',
  async (rows) => {
    await using db = await openTest([PAGE]);
    const pages = db.dao('Page');
    pages.putSync(page('old', 'b'));
    const many = Array.from({ length: rows }, (_, i) => page(`p${i}`, i === rows - 1 ? TOO_LONG : `t${i}`));
    await expect(pages.putMany(many)).rejects.toEqual(LIMIT);
    expect(() => pages.updateSync('old', { title: TOO_LONG })).toThrow(LIMIT);
    const changing = db.transaction((tx) => {
      tx.dao('Page').putSync(page('new'));
      tx.dao('Page').putSync(page('newer', TOO_LONG));
    });
    await expect(changing).rejects.toEqual(LIMIT);
    expect(pages.all().toArraySync()).toMatchObject([{ id: 'old', title: 'b' }]);
    const titles = pages.sortBy(({ title }) => title).toArraySync();
    expect(titles).toHaveLength(1);
    pages.updateSync('old', { title: LONG });
    expect(pages.where({ title: LONG }).countSync()).toBe(1);
  },
);

test('a row that is too long is refused alone, in a transaction and in a load', async () => {
  await using db = await openTest([PAGE]);
  const pages = db.dao('Page');
  const tooLong = page('long', 'a', new Uint8Array(MAX_VALUE_BYTES));
  expect(() => pages.putSync(tooLong)).toThrow(LIMIT);
  expect(() => db.transactionSync((tx) => [page('short'), tooLong].map((one) => tx.dao('Page').putSync(one)))).toThrow(
    LIMIT,
  );
  const rows = Array.from({ length: 3000 }, (_, i) => page(`p${i}`));
  expect(() => pages.putManySync([...rows, tooLong])).toThrow(LIMIT);
  expect(pages.countSync()).toBe(0);
  pages.putSync(page('short'));
  expect(pages.countSync()).toBe(1);
});

test('a tree too many is refused, by the engine and by an opening that needs one', async () => {
  const vfs = new MemoryVfs();
  const engine = await openEngine({ vfs, path: 'db', durability: 'os' });
  for (let i = engine.trees.size; i < MAX_TREES; i++) engine.openTree(`t${i}`, { keySize: null });
  expect(() => engine.openTree('one more', { keySize: null })).toThrow(LIMIT);
  engine.dropTree('t7');
  engine.openTree('one more', { keySize: null });
  await engine.close();
  await expect(openTest([PAGE], { vfs })).rejects.toEqual(LIMIT);
});
