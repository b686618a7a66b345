// The properties of a table: a list of sections, each with a tag and its size, so that a reader passes over those that it does
// not know and a later writer may add to them.
//
//     sections   one behind the other:  varint tag | varint bytes | that many bytes
//     u64        XXH3-64
//
//     tag 1  identity    table, tree, key size (0: keys vary): varints; the rest is the tree's name in UTF-8
//         2  shape       alignment of data blocks (8; 4096 where they are images), probes of the filter, bytes of the longest key: varints
//         3  counts      entries, deletions among them, different keys, smallest sequence, largest - smallest sequence: varints
//         4  smallest    the first key
//         5  largest     the last key
//         6  zones       zones.ts
//         7  statistics  for planners
//
// Where the smallest and the largest sequence are the same, it is that of every entry, whatever the blocks say.
//
// 1 to 5 stand in every table. The file says of which tree it is, so that files which were exchanged are noticed, and a database whose
// manifest is lost can be put together again.
import { readVarint, VARINT_END, writeVarint } from '../../bytes/varint.js';
import { ByteWriter } from '../../bytes/writer.js';
import { CorruptionError } from '../../errors.js';
import { CHECKSUM_BYTES, putChecksum } from './checksum.js';

export const IDENTITY_TAG = 1;
export const SHAPE_TAG = 2;
export const COUNTS_TAG = 3;
export const SMALLEST_TAG = 4;
export const LARGEST_TAG = 5;
export const ZONES_TAG = 6;
export const STATISTICS_TAG = 7;

export interface Properties {
  readonly id: number;
  readonly treeId: number;
  readonly treeName: string;
  /** 0 where keys vary. */
  readonly keySize: number;
  readonly alignment: number;
  readonly probes: number;
  readonly longestKey: number;
  readonly entries: number;
  readonly tombstones: number;
  readonly keys: number;
  readonly minSequence: number;
  readonly maxSequence: number;
  readonly smallest: Buffer;
  readonly largest: Buffer;
  /** The other sections, by tag. */
  readonly sections: ReadonlyMap<number, Buffer>;
}

const FIRST_BYTES = 512;

export function encodeProperties(properties: Properties): Buffer {
  const out = new ByteWriter(FIRST_BYTES);
  const { id, treeId, keySize, treeName, alignment, probes, longestKey } = properties;
  const { entries, tombstones, keys, minSequence, maxSequence } = properties;
  writeSection(out, IDENTITY_TAG, numbers(id, treeId, keySize), Buffer.from(treeName, 'utf8'));
  writeSection(out, SHAPE_TAG, numbers(alignment, probes, longestKey));
  writeSection(out, COUNTS_TAG, numbers(entries, tombstones, keys, minSequence, maxSequence - minSequence));
  writeSection(out, SMALLEST_TAG, properties.smallest);
  writeSection(out, LARGEST_TAG, properties.largest);
  for (const [tag, bytes] of properties.sections) writeSection(out, tag, bytes);
  out.ensure(CHECKSUM_BYTES);
  putChecksum(out.bytes, out.view, 0, out.at);
  return out.bytes.subarray(0, out.at + CHECKSUM_BYTES);
}

/**
 * @param bytes the list, its checksum verified
 * @param path names the file, and `offset` the place of the list in it, to whoever reads the error
 */
export function decodeProperties(bytes: Buffer, path: string, offset: number): Properties {
  const sections = new Map<number, Buffer>();
  for (let at = 0; at < bytes.length; ) {
    const tag = readVarint(bytes, at, bytes.length);
    const size = readVarint(bytes, VARINT_END, bytes.length);
    at = VARINT_END + size;
    sections.set(tag, Buffer.from(bytes.subarray(VARINT_END, at)));
  }
  const take = (tag: number): Buffer => {
    const section = sections.get(tag);
    if (section === undefined) throw new CorruptionError(path, offset, `its properties lack section ${tag}`);
    sections.delete(tag);
    return section;
  };
  const identity = new Numbers(take(IDENTITY_TAG));
  const shape = new Numbers(take(SHAPE_TAG));
  const counts = new Numbers(take(COUNTS_TAG));
  const [id, treeId, keySize] = [identity.next(), identity.next(), identity.next()];
  const [alignment, probes, longestKey] = [shape.next(), shape.next(), shape.next()];
  const [entries, tombstones, keys, minSequence] = [counts.next(), counts.next(), counts.next(), counts.next()];
  return {
    ...{ id, treeId, treeName: identity.rest(), keySize, alignment, probes, longestKey },
    ...{ entries, tombstones, keys, minSequence, maxSequence: minSequence + counts.next() },
    ...{ smallest: take(SMALLEST_TAG), largest: take(LARGEST_TAG), sections },
  };
}

class Numbers {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  next(): number {
    const value = readVarint(this.bytes, this.at, this.bytes.length);
    this.at = VARINT_END;
    return value;
  }

  /** What is left, as text. */
  rest(): string {
    return this.bytes.toString('utf8', this.at);
  }
}

function numbers(...values: number[]): Uint8Array {
  const out = new ByteWriter(8 * values.length);
  for (const value of values) writeVarint(out, value);
  return out.bytes.subarray(0, out.at);
}

function writeSection(out: ByteWriter, tag: number, ...parts: Uint8Array[]): void {
  writeVarint(out, tag);
  writeVarint(
    out,
    parts.reduce((sum, part) => sum + part.length, 0),
  );
  for (const part of parts) out.append(part);
}
