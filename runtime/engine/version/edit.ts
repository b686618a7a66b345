// What the manifest tells of trees and tables, and the steps by which that changes. Plain frozen data; edit-codec.ts writes it.
import { type ColumnLayout, isSameLayout } from '../../bytes/columns.js';
import { isSameParts, type KeyPart } from '../../bytes/key-parts.js';
import type { TreeOptions } from '../api.js';
import type { WalPosition } from '../wal/log.js';

/** Levels of a tree: 0 takes flushes and loads, whose tables may overlap; below, the tables of a level do not. */
export const MAX_LEVELS = 7;

/** One table file, as the engine needs to know it without opening it. */
export interface TableMeta {
  /** Names the file; never used twice in a database. */
  readonly id: number;
  readonly treeId: number;
  /** In [0, {@link MAX_LEVELS}). */
  readonly level: number;
  /** Size of the file in bytes. */
  readonly bytes: number;
  /** Entries in the file, tombstones and older versions of a key among them. */
  readonly entries: number;
  readonly tombstones: number;
  /** First key. */
  readonly smallest: Uint8Array;
  /** Last key, itself in the table. */
  readonly largest: Uint8Array;
  readonly minSequence: number;
  readonly maxSequence: number;
  /** Least first byte of its values, 255 where it has none; absent where that is 0 or 1, or nobody looked. */
  readonly leastLead?: number;
}

/** One ordered map of keys to values. */
export interface TreeMeta {
  /** Out of the same numbers as tables' ids. */
  readonly id: number;
  readonly name: string;
  /** Size in bytes of every key, or null where they vary. */
  readonly keySize: number | null;
  /** Where values hold numbers that scans ask for; absent where nobody said. */
  readonly columns?: ColumnLayout;
  /** The parts that keys begin with; absent where nobody said. */
  readonly parts?: readonly KeyPart[];
  /** Present where single keys are not looked for, so that filters would be there for nothing. */
  readonly walked?: true;
}

/** The description of a new tree. */
export function treeMeta(id: number, name: string, options: TreeOptions): TreeMeta {
  return described({ id, name, keySize: options.keySize }, options);
}

/** The same tree as `options` describe it; `meta` itself where they say nothing new. */
export function described(meta: TreeMeta, { columns, parts, walked }: TreeOptions): TreeMeta {
  const isKnown =
    (columns === undefined || isSameLayout(columns, meta.columns)) &&
    (parts === undefined || isSameParts(parts, meta.parts)) &&
    (walked === undefined || walked === meta.walked);
  if (isKnown) return meta;
  return {
    ...meta,
    ...(columns === undefined ? {} : { columns }),
    ...(parts === undefined ? {} : { parts }),
    ...(walked === undefined ? {} : { walked }),
  };
}

/** How long what was overwritten stays readable. */
export interface HistoryMeta {
  /** 0 where nothing does. */
  readonly milliseconds: number;
  /** Every version that was to be seen after this commit, or after a later one, is still there. */
  readonly from: number;
}

/** A step from one version to the next; it becomes durable as a whole, or not at all. What is left out stays as it is. */
export interface VersionEdit {
  readonly addTrees?: readonly TreeMeta[];
  /** In place of those with their ids; key sizes never change. */
  readonly changeTrees?: readonly TreeMeta[];
  /** Ids; their tables leave with them. */
  readonly dropTrees?: readonly number[];
  readonly addTables?: readonly TableMeta[];
  /** Ids. A table moves to another level when one edit removes and adds it. */
  readonly removeTables?: readonly number[];
  /** First log segment that holds anything not yet in tables; it exists, and older ones may be recycled. */
  readonly walFrom?: number;
  /** Up to where the log was seen complete on disk: set by a clean close, and true ever after. */
  readonly walDurable?: WalPosition;
  /** Every commit up to it is in the tables or in the log. */
  readonly lastSequence?: number;
  readonly history?: HistoryMeta;
  /** Next free id of tables and trees. */
  readonly nextId?: number;
}
