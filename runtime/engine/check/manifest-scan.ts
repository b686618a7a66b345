// What can be known of a database's trees and tables, however damaged its manifest is.
import { QuantaError } from '../../errors.js';
import type { Vfs } from '../../vfs/vfs.js';
import { CURRENT_NAME, manifestName, manifestNumber, tableId } from '../format.js';
import type { Properties } from '../table/properties.js';
import { readProperties } from '../table/reader.js';
import { readCurrent } from '../version/current.js';
import type { TableMeta, TreeMeta } from '../version/edit.js';
import { decodeEdit } from '../version/edit-codec.js';
import {
  decodeManifestHeader,
  FRAME_HEADER_BYTES,
  frameEnd,
  hasFrameBehind,
  MANIFEST_HEADER_BYTES,
} from '../version/manifest-log.js';
import { Version } from '../version/version.js';
import type { WalPosition } from '../wal/log.js';
import { readAll } from './block-scan.js';
import { type Finding, messageOf, problem } from './finding.js';

/** A version as far as it is known; unlike a Version it may contradict itself. */
export interface KnownVersion {
  readonly trees: Map<number, TreeMeta>;
  readonly tables: Map<number, TableMeta>;
  walFrom: number;
  walDurable: WalPosition | null;
  lastSequence: number;
  nextId: number;
}

export function scanManifest(vfs: Vfs, directory: string, findings: Finding[]): KnownVersion {
  const known: KnownVersion = {
    trees: new Map(),
    tables: new Map(),
    walFrom: 0,
    walDurable: null,
    lastSequence: 0,
    nextId: 1,
  };
  const current = currentOf(vfs, directory, findings);
  const numbers = vfs.list(directory).flatMap((name) => manifestNumber(name) ?? []);
  const wanted = current?.number ?? Math.max(0, ...numbers);
  const number = numbers.includes(wanted) ? wanted : Math.max(0, ...numbers);
  if (number !== wanted || number === 0) {
    const file = vfs.join(directory, manifestName(Math.max(1, wanted)));
    const instead =
      number === 0
        ? 'tables were taken by the trees that they name themselves'
        : `${manifestName(number)} was read instead`;
    findings.push(problem('QDB4202', { file }, `${file} is missing; ${instead}.`));
  }
  const before = findings.length;
  if (number > 0)
    readManifest(vfs, vfs.join(directory, manifestName(number)), current?.durableBytes ?? 0, known, findings);
  if (number === 0 || findings.length > before) adoptTables(vfs, directory, known);
  return known;
}

/** Takes in the tables and trees that the manifest may have lost: each table names itself and its tree. */
function adoptTables(vfs: Vfs, directory: string, known: KnownVersion): void {
  for (const name of vfs.list(directory)) {
    const id = tableId(name);
    if (id === undefined) continue;
    const told = known.tables.get(id);
    if (told !== undefined && known.trees.has(told.treeId)) continue;
    const path = vfs.join(directory, name);
    const table = propertiesOf(vfs, path);
    if (table === null || table.id !== id) continue;
    const { treeId, treeName, keySize, entries, tombstones, smallest, largest, minSequence, maxSequence } = table;
    if (!known.trees.has(treeId)) {
      known.trees.set(treeId, { id: treeId, name: treeName, keySize: keySize === 0 ? null : keySize });
    }
    const meta = { id, treeId, level: 0, bytes: fileBytes(vfs, path) };
    known.tables.set(id, told ?? { ...meta, entries, tombstones, smallest, largest, minSequence, maxSequence });
    known.lastSequence = Math.max(known.lastSequence, maxSequence);
    known.nextId = Math.max(known.nextId, id + 1, treeId + 1);
  }
}

/** Null where the file can't be read that far: then nobody knows what it was. */
export function propertiesOf(vfs: Vfs, path: string): Properties | null {
  try {
    return readProperties(vfs, path);
  } catch (error) {
    if (!(error instanceof QuantaError)) throw error;
    return null;
  }
}

function fileBytes(vfs: Vfs, path: string): number {
  const file = vfs.open(path, 'read');
  try {
    return file.size();
  } finally {
    file.close();
  }
}

function currentOf(vfs: Vfs, directory: string, findings: Finding[]): ReturnType<typeof readCurrent> {
  const file = vfs.join(directory, CURRENT_NAME);
  try {
    const current = readCurrent(vfs, directory);
    if (current === undefined)
      findings.push(problem('QDB4201', { file }, `${file} is missing; the newest manifest was read.`));
    return current;
  } catch (error) {
    findings.push(problem('QDB4201', { file }, messageOf(error)));
    return undefined;
  }
}

function readManifest(vfs: Vfs, file: string, durable: number, known: KnownVersion, findings: Finding[]): void {
  const bytes = readAll(vfs, file);
  const damaged = (what: string): void =>
    void findings.push(problem('QDB4202', { file }, `${file} is damaged: ${what}.`));
  if (decodeManifestHeader(bytes) === undefined) damaged('it does not begin as a manifest');
  let version: Version | null = Version.EMPTY;
  let at = MANIFEST_HEADER_BYTES;
  let isTold = false;
  while (at < bytes.length) {
    const end = frameEnd(bytes, at);
    if (end === 0) {
      // The last edit may be torn by a crash; anything else was durable.
      if (!isTold && (at < durable || hasFrameBehind(bytes, at))) {
        damaged(`a version edit at byte ${at} is not whole, so tables may be unknown`);
        isTold = true;
        version = null;
      }
      at++;
      continue;
    }
    const edit = decodeEdit(bytes, at + FRAME_HEADER_BYTES, end);
    for (const id of edit.removeTables ?? []) known.tables.delete(id);
    for (const tree of [...(edit.addTrees ?? []), ...(edit.changeTrees ?? [])]) known.trees.set(tree.id, tree);
    for (const id of edit.dropTrees ?? []) {
      known.trees.delete(id);
      for (const table of [...known.tables.values()]) if (table.treeId === id) known.tables.delete(table.id);
    }
    for (const table of edit.addTables ?? []) known.tables.set(table.id, table);
    known.walFrom = edit.walFrom ?? known.walFrom;
    known.walDurable = edit.walDurable ?? known.walDurable;
    known.lastSequence = edit.lastSequence ?? known.lastSequence;
    known.nextId = edit.nextId ?? known.nextId;
    try {
      version = version?.apply(edit) ?? null;
    } catch (error) {
      if (!(error instanceof QuantaError)) throw error;
      damaged(`its edit at byte ${at} contradicts those before: ${error.message}`);
      version = null;
    }
    at = end;
  }
  if (!isTold && bytes.length < durable) damaged(`it was ${durable} bytes long and has ${bytes.length}`);
}
