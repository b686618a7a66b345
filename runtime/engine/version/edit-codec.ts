// A version edit as bytes: fields one behind the other, each a tag and its content.
//
//   1  tree       id, key size + 1 (0 where keys vary), name as bytes, description of columns as bytes (empty: none),
//                 description of key parts as bytes (empty: none)
//   2  drop tree  id
//   3  table      id, tree, level, bytes, entries, tombstones, smallest and largest key as bytes,
//                 least sequence, largest sequence - least sequence
//   4  drop table id
//   5  walFrom    segment
//   6  walDurable segment, offset
//   7  sequence   last sequence
//   8  nextId     id
//   9  tree that changes: as 1
//  10  history    milliseconds, first commit whose state is whole
//  11  walked     id of a tree that the field before has made or changed: its tables get no filters
//  12  table whose values all begin with 2 or more: as 3, then the least first byte
//
// Tags and numbers are varints; "as bytes" is the length and then the bytes.
import { readColumnLayout, writeColumnLayout } from '../../bytes/columns.js';
import { readKeyParts, writeKeyParts } from '../../bytes/key-parts.js';
import { readVarint, VARINT_END, writeVarint } from '../../bytes/varint.js';
import { ByteWriter } from '../../bytes/writer.js';
import { CodecError } from '../../errors.js';
import type { WalPosition } from '../wal/log.js';
import type { HistoryMeta, TableMeta, TreeMeta, VersionEdit } from './edit.js';

const TREE = 1;
const DROP_TREE = 2;
const TABLE = 3;
const DROP_TABLE = 4;
const WAL_FROM = 5;
const WAL_DURABLE = 6;
const LAST_SEQUENCE = 7;
const NEXT_ID = 8;
const CHANGED_TREE = 9;
const HISTORY = 10;
const WALKED = 11;
const LED_TABLE = 12;

/** Appends `edit`. */
export function encodeEdit(edit: VersionEdit, out: ByteWriter): void {
  for (const id of edit.removeTables ?? []) writeNumbers(out, DROP_TABLE, id);
  for (const tree of edit.addTrees ?? []) writeTree(out, TREE, tree);
  for (const tree of edit.changeTrees ?? []) writeTree(out, CHANGED_TREE, tree);
  for (const id of edit.dropTrees ?? []) writeNumbers(out, DROP_TREE, id);
  for (const table of edit.addTables ?? []) {
    const { leastLead } = table;
    writeNumbers(out, leastLead === undefined ? TABLE : LED_TABLE);
    writeNumbers(out, table.id, table.treeId, table.level, table.bytes, table.entries, table.tombstones);
    writeBytes(out, table.smallest);
    writeBytes(out, table.largest);
    writeNumbers(out, table.minSequence, table.maxSequence - table.minSequence);
    if (leastLead !== undefined) writeNumbers(out, leastLead);
  }
  if (edit.walFrom !== undefined) writeNumbers(out, WAL_FROM, edit.walFrom);
  if (edit.walDurable !== undefined) writeNumbers(out, WAL_DURABLE, edit.walDurable.segment, edit.walDurable.offset);
  if (edit.lastSequence !== undefined) writeNumbers(out, LAST_SEQUENCE, edit.lastSequence);
  if (edit.nextId !== undefined) writeNumbers(out, NEXT_ID, edit.nextId);
  if (edit.history !== undefined) writeNumbers(out, HISTORY, edit.history.milliseconds, edit.history.from);
}

/** Reads the edit in `bytes[start, end)`. Throws CodecError (QDB4070) on anything that {@link encodeEdit} doesn't write. */
export function decodeEdit(bytes: Buffer, start: number, end: number): VersionEdit {
  const addTrees: TreeMeta[] = [];
  const changeTrees: TreeMeta[] = [];
  const dropTrees: number[] = [];
  const addTables: TableMeta[] = [];
  const removeTables: number[] = [];
  const scalars: {
    walFrom?: number;
    walDurable?: WalPosition;
    lastSequence?: number;
    nextId?: number;
    history?: HistoryMeta;
  } = {};
  let at = start;
  /** Where the last tree is that was named. */
  let named: TreeMeta[] = [];

  const number = (): number => {
    const value = readVarint(bytes, at, end);
    at = VARINT_END;
    return value;
  };
  const span = (): Buffer => {
    const length = number();
    if (length > end - at) throw new CodecError('QDB4070', `A version edit ends before the ${length} bytes at ${at}.`);
    at += length;
    return Buffer.from(bytes.subarray(at - length, at));
  };

  while (at < end) {
    const tag = number();
    if (tag === WALKED) {
      const id = number();
      const tree = named.pop();
      if (tree?.id !== id)
        throw new CodecError('QDB4070', `A version edit tells of tree ${id}, and did not name it before.`);
      named.push({ ...tree, walked: true });
    } else if (tag === TREE || tag === CHANGED_TREE) {
      const [id, size, name] = [number(), number(), span().toString('utf8')];
      const [columns, parts] = [span(), span()];
      const meta = { id, keySize: size === 0 ? null : size - 1, name };
      const layout = columns.length === 0 ? {} : { columns: readColumnLayout(columns, 0, columns.length)[0] };
      named = tag === TREE ? addTrees : changeTrees;
      named.push({
        ...meta,
        ...layout,
        ...(parts.length === 0 ? {} : { parts: readKeyParts(parts) }),
      });
    } else if (tag === TABLE || tag === LED_TABLE) {
      const [id, treeId, level, size, entries, tombstones] = [
        number(),
        number(),
        number(),
        number(),
        number(),
        number(),
      ];
      const [smallest, largest] = [span(), span()];
      const minSequence = number();
      const maxSequence = minSequence + number();
      addTables.push({
        id,
        treeId,
        level,
        bytes: size,
        entries,
        tombstones,
        smallest,
        largest,
        minSequence,
        maxSequence,
        ...(tag === LED_TABLE ? { leastLead: number() } : {}),
      });
    } else if (tag === DROP_TREE) dropTrees.push(number());
    else if (tag === DROP_TABLE) removeTables.push(number());
    else if (tag === WAL_FROM) scalars.walFrom = number();
    else if (tag === WAL_DURABLE) scalars.walDurable = { segment: number(), offset: number() };
    else if (tag === LAST_SEQUENCE) scalars.lastSequence = number();
    else if (tag === NEXT_ID) scalars.nextId = number();
    else if (tag === HISTORY) scalars.history = { milliseconds: number(), from: number() };
    else throw new CodecError('QDB4070', `A version edit has a field with the unknown tag ${tag}.`);
  }
  return { addTrees, changeTrees, dropTrees, addTables, removeTables, ...scalars };
}

function writeTree(out: ByteWriter, tag: number, { id, keySize, name, columns, parts, walked }: TreeMeta): void {
  writeNumbers(out, tag, id, keySize === null ? 0 : keySize + 1);
  writeBytes(out, Buffer.from(name, 'utf8'));
  const layout = new ByteWriter(64);
  if (columns !== undefined) writeColumnLayout(columns, layout);
  writeBytes(out, layout.bytes.subarray(0, layout.at));
  layout.at = 0;
  if (parts !== undefined) writeKeyParts(parts, layout);
  writeBytes(out, layout.bytes.subarray(0, layout.at));
  if (walked === true) writeNumbers(out, WALKED, id);
}

function writeNumbers(out: ByteWriter, ...values: number[]): void {
  for (const value of values) writeVarint(out, value);
}

function writeBytes(out: ByteWriter, bytes: Uint8Array): void {
  writeVarint(out, bytes.length);
  out.append(bytes);
}
