import { diagnose } from '../../runtime/database/doctor.js';
import { openStore } from '../../runtime/database/open.js';
import type { Engine } from '../../runtime/engine/index.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import type { Vfs } from '../../runtime/vfs/vfs.js';
import { compile } from '../emit/compile.js';
import { TestDatabase } from '../support/database.js';
import { field, index, model } from '../support/entities.js';

export const PERSON = model(
  'Person',
  [
    field('id', { kind: 'float64' }),
    field('email', { kind: 'string' }),
    field('nick', { kind: 'string' }, { nullable: true, optional: true }),
    field('born', { kind: 'date' }),
    field('tags', { kind: 'array', element: { type: { kind: 'string' }, nullable: false, optional: false } }),
    field('role', { kind: 'enum', values: ['admin', 'user'] }),
    field('photo', { kind: 'bytes' }, { optional: true }),
    field('extra', { kind: 'unknown' }, { optional: true }),
  ],
  [
    index(['email'], { unique: true }),
    index(['nick'], { caseInsensitive: true }),
    index(['nick', 'role'], { unique: true }),
    index(['tags'], { multiEntry: true }),
    index(['born']),
  ],
  { autoIncrement: true },
);
export const THING = model(
  'Thing',
  [field('name', { kind: 'string' }), field('count', { kind: 'int32' }), field('big', { kind: 'bigint' })],
  [index(['big']), index(['count'])],
  { fields: ['name'] },
);
export const MODELS = [PERSON, THING];
export const SMALL = {
  memtableBytes: 16 * 1024,
  tableBytes: 16 * 1024,
  levelBytes: 32 * 1024,
  compaction: 'manual',
} as const;

export type Row = Record<string, unknown>;
export type Model = Map<string, Row>;
export type Files = Map<string, Buffer>;

export const compiled = new Map(MODELS.map((one) => [one.name, compile(one).runtime]));

export async function openAll(vfs: Vfs, path: string): Promise<{ db: TestDatabase; engine: Engine }> {
  const runtimes = [...compiled.values()];
  let engine!: Engine;
  const options = { path, vfs, durability: 'os', ...SMALL } as const;
  const db = await openStore(options, runtimes, (session) => {
    engine = session.store.engine;
    return new TestDatabase(session, runtimes as never);
  });
  return { db, engine };
}

export function personOf(i: number, round: number): Row {
  return {
    id: i,
    email: `p${i}@x.io`,
    nick: i % 5 === 0 ? null : i % 5 === 1 ? undefined : `Nick${i}`,
    born: new Date(1e12 + i * 1e6 + round),
    tags: [`t${i % 7}`, `t${i % 3}`, 'ä→😀'.slice(0, i % 4)],
    role: i % 2 === 0 ? 'admin' : 'user',
    photo: i % 3 === 0 ? undefined : new Uint8Array([i & 255, round]),
    extra: i % 4 === 0 ? { round, list: [1, 'x'] } : undefined,
  };
}

/** A closed database with tables on several levels, deletions, and commits that stand in the log only. */
export async function closedDatabase(): Promise<{ vfs: MemoryVfs; rows: Model }> {
  const vfs = new MemoryVfs();
  const rows: Model = new Map();
  const { db, engine } = await openAll(vfs, '/db');
  const [people, things] = [db.dao('Person'), db.dao('Thing')];
  const put = (name: string, key: unknown, row: Row): void => {
    (name === 'Person' ? people : things).putSync(row);
    rows.set(`${name} ${String(key)}`, row);
  };
  for (let round = 0; round < 3; round++) {
    for (let i = 1; i <= 260; i++) if (round === 0 || i % (round + 2) === 0) put('Person', i, personOf(i, round));
    for (let i = 0; i < 150; i++) {
      put('Thing', `thing ${i}`, {
        name: `thing ${i}`,
        count: i * round,
        big: BigInt(i) ** 9n * (round === 1 ? -1n : 1n),
      });
    }
    for (let i = 10 + round; i < 250; i += 17) {
      people.deleteSync(i);
      rows.delete(`Person ${i}`);
    }
    engine.flush();
    if (round === 1) await engine.compact(true);
  }
  for (let i = 300; i < 330; i++) put('Person', i, personOf(i, 9));
  await db.close();
  return { vfs, rows };
}

export function filesOf(vfs: Vfs, path = '/db'): Files {
  const files: Files = new Map();
  for (const name of vfs.list(path)) {
    const file = vfs.open(`${path}/${name}`, 'read');
    const bytes = Buffer.alloc(file.size());
    file.read(bytes, 0, bytes.length, 0);
    file.close();
    files.set(name, bytes);
  }
  return files;
}

export function diskOf(files: Files): MemoryVfs {
  const vfs = new MemoryVfs();
  vfs.mkdir('/db');
  for (const [name, bytes] of files) {
    const file = vfs.open(`/db/${name}`, 'create');
    file.write(bytes, 0, bytes.length, 0);
    file.close();
  }
  return vfs;
}

export function plain(row: Row): string {
  const entries = Object.entries(row).filter(([, value]) => value !== undefined);
  const text = (_: string, value: unknown): unknown =>
    typeof value === 'bigint' ? `${value}n` : value instanceof Uint8Array ? [...value] : value;
  return JSON.stringify(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)),
    text,
  );
}

/** All rows, by a scan, and by every index: what queries would give. */
export async function rowsOf(vfs: Vfs, path: string): Promise<Model> {
  const { db } = await openAll(vfs, path);
  const rows: Model = new Map();
  for (const [name, key] of [
    ['Person', 'id'],
    ['Thing', 'name'],
  ] as const) {
    for (const row of db.dao(name).all().toArraySync()) rows.set(`${name} ${String(row[key])}`, row);
  }
  await db.close();
  return rows;
}

export const codes = async (vfs: Vfs): Promise<string[]> =>
  (await diagnose(vfs, '/db')).findings.filter(({ severity }) => severity === 'problem').map(({ code }) => code);
