import { ByteWriter } from '../../runtime/bytes/writer.js';
import { findBlocks, versionsIn } from '../../runtime/engine/check/block-scan.js';
import type { Engine } from '../../runtime/engine/index.js';
import { openEngineSync } from '../../runtime/engine/open.js';
import { switchCurrent } from '../../runtime/engine/version/current.js';
import type { VersionEdit } from '../../runtime/engine/version/edit.js';
import { Manifest, stageManifest } from '../../runtime/engine/version/manifest.js';
import type { MemoryVfs } from '../../runtime/vfs/memory.js';
import type { Vfs } from '../../runtime/vfs/vfs.js';
import { integer, seeded } from '../support/random.js';

import { compiled, SMALL } from './doctor-rig.js';

/** Key bytes of all versions in the block around `offset` of a table, or in all of it. */
export function keysIn(vfs: Vfs, name: string, keySize: number | null, offset?: number): Set<string> {
  const keys = new Set<string>();
  let at = 0;
  for (const block of findBlocks(vfs, `/db/${name}`)) {
    const isMeant = offset === undefined || (offset >= at && offset < block.storedEnd);
    if (isMeant) for (const { key } of versionsIn(block, keySize)) keys.add(key.toString('latin1'));
    at = block.storedEnd;
  }
  return keys;
}

export interface Fault {
  readonly name: string;
  /** One of these must be found. */
  readonly codes: readonly string[];
  /** Rows that may be lost: by `Entity key`. */
  mayLose(key: string): boolean;
  plant(vfs: MemoryVfs): void;
}

export const nothing = (): boolean => false;

export function flip(vfs: Vfs, path: string, offset: number): void {
  const file = vfs.open(path, 'write');
  const byte = Buffer.alloc(1);
  file.read(byte, 0, 1, offset);
  byte[0]! ^= 0x10;
  file.write(byte, 0, 1, offset);
  file.close();
}

/** Writes past the upper layers, as a bug of theirs would. */
export function tamper(change: (engine: Engine) => void): (vfs: MemoryVfs) => void {
  return (vfs) => {
    const engine = openEngineSync({ vfs, path: '/db', ...SMALL, durability: 'os' });
    change(engine);
    engine.closeSync();
  };
}

export function put(engine: Engine, tree: string, key: Buffer, value: Buffer | null): void {
  const batch = engine.createBatch();
  if (value === null) batch.delete(engine.trees.get(tree)!, key, key.length);
  else batch.put(engine.trees.get(tree)!, key, key.length, value, 0, value.length);
  engine.writeSync(batch);
}

export function nth(engine: Engine, tree: string, n: number): { key: Buffer; value: Buffer } {
  const cursor = engine.trees.get(tree)!.cursor();
  for (let i = 0; i <= n; i++) cursor.next();
  const found = { key: cursor.key.copy(), value: cursor.value.copy() };
  cursor.close();
  return found;
}

/** Rewrites the manifest with other contents. */
export function rewrite(change: (edit: VersionEdit) => VersionEdit): (vfs: MemoryVfs) => void {
  return (vfs) => {
    const manifest = Manifest.open(vfs, '/db');
    const edit = change(manifest.version.toEdit());
    manifest.abandon();
    stageManifest(vfs, '/db', 90, edit).file.close();
    switchCurrent(vfs, '/db');
  };
}

export function faultsOf(vfs: MemoryVfs): Fault[] {
  const random = seeded(11);
  const faults: Fault[] = [];
  const manifest = Manifest.open(vfs, '/db');
  const { version } = manifest;
  manifest.abandon();
  const keyText = new Map<string, string>();
  const encoded = (key: string): string => {
    let text = keyText.get(key);
    if (text === undefined) {
      const [entity, value] = [key.slice(0, key.indexOf(' ')), key.slice(key.indexOf(' ') + 1)];
      const out = new ByteWriter(64);
      compiled.get(entity)!.key.write(entity === 'Person' ? Number(value) : value, out);
      text = `${entity} ${out.bytes.toString('latin1', 0, out.at)}`;
      keyText.set(key, text);
    }
    return text;
  };
  for (const table of version.tables.values()) {
    const tree = version.trees.get(table.treeId)!;
    const name = `${String(table.id).padStart(6, '0')}.table`;
    const path = `/db/${name}`;
    const data = [...findBlocks(vfs, path)].at(-1)!.storedEnd;
    const losing = (keys: Set<string>) => (key: string) => {
      const text = encoded(key);
      return text.startsWith(`${tree.name} `) && keys.has(text.slice(tree.name.length + 1));
    };
    const offset = integer(random, data);
    const inBlock = losing(keysIn(vfs, name, tree.keySize, offset));
    faults.push({
      name: `byte ${offset} of ${name}`,
      codes: ['QDB4206'],
      mayLose: inBlock,
      plant: (disk) => flip(disk, path, offset),
    });
    const behind = data + integer(random, table.bytes - data);
    faults.push({
      name: `byte ${behind}, behind the blocks of ${name}`,
      codes: ['QDB4205'],
      mayLose: nothing,
      plant: (disk) => flip(disk, path, behind),
    });
    faults.push({
      name: `no ${name}`,
      codes: ['QDB4204'],
      mayLose: losing(keysIn(vfs, name, tree.keySize)),
      plant: (disk) => disk.remove(path),
    });
  }
  for (const tree of version.trees.values()) {
    if (!tree.name.includes('/')) continue;
    const wrong = { name: '', mayLose: nothing };
    faults.push({
      ...wrong,
      name: `an entry of ${tree.name} missing`,
      codes: ['QDB4209'],
      plant: tamper((engine) => put(engine, tree.name, nth(engine, tree.name, 5).key, null)),
    });
    faults.push({
      ...wrong,
      name: `an orphan in ${tree.name}`,
      codes: ['QDB4210'],
      plant: tamper((engine) => {
        const { key, value } = nth(engine, tree.name, 7);
        key[0]! ^= 0x22;
        put(engine, tree.name, key, value);
      }),
    });
    faults.push({
      ...wrong,
      name: `a wrong value in ${tree.name}`,
      codes: ['QDB4211'],
      plant: tamper((engine) => put(engine, tree.name, nth(engine, tree.name, 9).key, Buffer.from('nowhere!'))),
    });
    faults.push({
      ...wrong,
      name: `${tree.name} dropped`,
      codes: ['QDB4212'],
      plant: tamper((engine) => engine.dropTree(tree.name)),
    });
  }
  for (const [key, value, code] of [
    ['counter/Person', 'many', 'QDB4213'],
    ['counter/Person', '12n', 'QDB4213'],
    ['counter/Person', '99999999999999999999', 'QDB4213'],
    ['counter/Thing', '1', 'QDB4213'],
    ['counter/Nobody', '1', 'QDB4213'],
    ['schema/Nothing', '{', 'QDB4212'],
    ['schema/Nothing', '{"name":"Nothing"}', 'QDB4212'],
  ] as const) {
    faults.push({
      name: `${key} = ${value}`,
      codes: [code],
      mayLose: nothing,
      plant: tamper((engine) => put(engine, '$meta', Buffer.from(key), Buffer.from(value))),
    });
  }
  const firstThing = (key: string): boolean => key === 'Thing thing 0';
  faults.push({
    name: 'a row that is none',
    codes: ['QDB4208'],
    mayLose: firstThing,
    plant: tamper((engine) => put(engine, 'Thing', nth(engine, 'Thing', 0).key, Buffer.from('?'))),
  });
  faults.push({
    name: 'a row of another version',
    codes: ['QDB4208'],
    mayLose: firstThing,
    plant: tamper((engine) => {
      const { key, value } = nth(engine, 'Thing', 0);
      value[0] = 7;
      put(engine, 'Thing', key, value);
    }),
  });
  faults.push({
    name: 'a key that is none',
    codes: ['QDB4208'],
    mayLose: nothing,
    plant: tamper((engine) => put(engine, 'Thing', Buffer.from('open'), nth(engine, 'Thing', 0).value)),
  });
  faults.push({
    name: 'last sequence',
    codes: ['QDB4207'],
    mayLose: nothing,
    plant: rewrite((edit) => ({ ...edit, lastSequence: 3 })),
  });
  faults.push({
    name: 'next id',
    codes: ['QDB4207'],
    mayLose: nothing,
    plant: rewrite((edit) => ({ ...edit, nextId: 2 })),
  });
  faults.push({
    name: 'entries of a table',
    codes: ['QDB4205'],
    mayLose: nothing,
    plant: rewrite((edit) => ({
      ...edit,
      addTables: edit.addTables!.map((table, i) => (i === 2 ? { ...table, entries: table.entries + 1 } : table)),
    })),
  });
  faults.push({
    name: 'CURRENT',
    codes: ['QDB4201'],
    mayLose: nothing,
    plant: (disk) => flip(disk, '/db/CURRENT', 14),
  });
  faults.push({
    name: 'no CURRENT',
    codes: ['QDB4201'],
    mayLose: nothing,
    plant: (disk) => disk.remove('/db/CURRENT'),
  });
  const [manifestFile] = vfs
    .list('/db')
    .filter((name) => name.startsWith('MANIFEST'))
    .slice(-1);
  faults.push({
    name: 'manifest header',
    codes: ['QDB4202'],
    mayLose: nothing,
    plant: (disk) => flip(disk, `/db/${manifestFile}`, 9),
  });
  faults.push({
    name: 'no manifest',
    codes: ['QDB4202'],
    mayLose: nothing,
    plant: (disk) => disk.remove(`/db/${manifestFile}`),
  });
  const tables = [...version.tables.values()];
  for (const [one, other] of [
    ['Person', 'Thing'],
    ['Person/email', 'Person'],
    ['Thing/count', 'Thing/big'],
  ] as const) {
    const [left, right] = [one, other].map((name) => {
      const table = tables.find(({ treeId }) => version.trees.get(treeId)!.name === name)!;
      return `/db/${String(table.id).padStart(6, '0')}.table`;
    });
    faults.push({
      name: `tables of ${one} and ${other} exchanged`,
      codes: ['QDB4205'],
      mayLose: nothing,
      plant: (disk) => {
        disk.rename(left!, '/db/aside');
        disk.rename(right!, left!);
        disk.rename('/db/aside', right!);
      },
    });
  }
  const logged = (key: string): boolean => /^Person 3\d\d$/.test(key);
  faults.push({
    name: 'no log',
    codes: ['QDB4203'],
    mayLose: logged,
    plant: (disk) => {
      for (const name of disk.list('/db')) if (name.startsWith('wal-')) disk.remove(`/db/${name}`);
    },
  });
  faults.push({
    name: 'log record',
    codes: ['QDB4203'],
    mayLose: logged,
    plant: (disk) => {
      for (const name of disk.list('/db')) if (name.startsWith('wal-')) flip(disk, `/db/${name}`, 1500);
    },
  });
  return faults;
}
