// Files that somebody has moved: a table is read as what it says it is, whatever it is called.
import { beforeAll, expect, it } from 'vitest';
import { loadXxh3 } from '../../../runtime/bytes/xxh3.js';
import { Remains } from '../../../runtime/engine/check/index.js';
import { openEngineSync } from '../../../runtime/engine/open.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';
import { bytes } from '../model.js';

beforeAll(() => loadXxh3());

const KEYS = 200;
const keys = Array.from({ length: KEYS }, (_, i) => `key ${1000 + i}`);
const wholeOf = (tree: string): Map<string, string> => new Map(keys.map((key) => [key, `${tree} ${key}`]));
const WHOLE = new Map([
  ['fixed', wholeOf('fixed')],
  ['varying', wholeOf('varying')],
]);

/** A closed directory with a table for each of two trees, whose names it tells. */
function closed(): { vfs: MemoryVfs; fixed: string; varying: string } {
  const vfs = new MemoryVfs();
  const engine = openEngineSync({ vfs, path: '/db', compaction: 'manual', durability: 'os' });
  for (const [name, keySize] of [
    ['fixed', 8],
    ['varying', null],
  ] as const) {
    const tree = engine.openTree(name, { keySize });
    const batch = engine.createBatch();
    for (const [key, value] of wholeOf(name)) batch.put(tree, bytes(key), key.length, bytes(value), 0, value.length);
    engine.writeSync(batch);
  }
  engine.flush();
  engine.closeSync();
  const [fixed, varying] = vfs.list('/db').filter((name) => name.endsWith('.table'));
  return { vfs, fixed: `/db/${fixed}`, varying: `/db/${varying}` };
}

function remains(vfs: MemoryVfs): { codes: string[]; messages: string; left: Map<string, Map<string, string>> } {
  const found = new Remains(vfs, '/db');
  found.check();
  const left = new Map<string, Map<string, string>>();
  for (const [name, tree] of found.trees) {
    const entries = [...found.entries(tree)];
    left.set(name, new Map(entries.map(({ key, value }) => [key.toString('latin1'), value.toString('latin1')])));
  }
  const codes = [...new Set(found.findings.map(({ code }) => code))];
  return { codes, messages: found.findings.map(({ message }) => message).join('\n'), left };
}

it('tables are found under other names, and where two are exchanged', () => {
  const { vfs, fixed, varying } = closed();
  vfs.rename(fixed, '/db/000900.table');
  const moved = remains(vfs);
  expect(moved.codes).toEqual(['QDB4205']);
  expect(moved.messages).toMatch(/is missing: the table of fixed that should be there is \/db\/000900/);
  expect(moved.left).toEqual(WHOLE);
  vfs.rename(varying, fixed);
  vfs.rename('/db/000900.table', varying);
  const exchanged = remains(vfs);
  expect(exchanged.codes).toEqual(['QDB4205']);
  expect(exchanged.left).toEqual(WHOLE);
});

it('a table is not read as one that it says it is not', () => {
  const { vfs, fixed, varying } = closed();
  vfs.remove(fixed);
  vfs.link(varying, fixed);
  const { codes, messages, left } = remains(vfs);
  expect(codes).toEqual(['QDB4204']);
  expect(messages).toMatch(/is another table: 200 entries of fixed are lost/);
  expect(left).toEqual(
    new Map([
      ['fixed', new Map()],
      ['varying', WHOLE.get('varying')],
    ]),
  );
});
