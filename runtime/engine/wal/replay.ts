// Reads the log back, and tells a torn tail from damage.
//
// A crash may leave anything behind the last sync: nothing, all, or, as a disk reorders its writes, a later part without an
// earlier one. That tail was never promised to anybody, and is dropped. Everything before was on the disk, and if it isn't
// whole now, it is damaged. What was synced is known from the log itself: every fragment names the offset below which its
// segment was on the disk when it was written, every segment names the end of the one before, and a clean close leaves the
// end of the log in the manifest.
import { ByteWriter } from '../../bytes/writer.js';
import { CorruptionError } from '../../errors.js';
import type { Vfs } from '../../vfs/vfs.js';
import { walSlot } from '../format.js';
import {
  FIRST,
  FRAGMENT_HEADER_BYTES,
  FULL,
  fragmentLength,
  fragmentOffset,
  fragmentType,
  LAST,
  MIDDLE,
  SEGMENT_HEADER_BYTES,
  SEQUENCE_BYTES,
} from './fragment.js';
import type { WalPosition, WalRecovery, WalSlot, WalVisitor } from './log.js';
import { BlockReader, identify, type Segment } from './segment-reader.js';

/**
 * Gives every record from segment `from` on to `visit`, in order. `from` is the manifest's `walFrom`: that segment must exist,
 * unless it is 0. `durable` is the manifest's `walDurable`: the log must be whole up to there.
 *
 * Throws CorruptionError, with file and offset, for damage in what was durable (records before it may have been visited
 * already), and StorageError (QDB4011) for a log of another format version.
 */
export function replay(
  vfs: Vfs,
  directory: string,
  from: number,
  durable: WalPosition | null,
  visit: WalVisitor,
): WalRecovery {
  const all = vfs
    .list(directory)
    .flatMap((name) => walSlot(name) ?? [])
    .map((slot) => identify(vfs, directory, slot, from));
  const needed = all.filter((file) => file.segment > 0).sort((a, b) => a.segment - b.segment);
  checkRow(directory, needed, from, durable);

  const reader = new RecordReader(visit);
  let end: WalPosition = { segment: 0, offset: 0 };
  let tornBytes = 0;
  for (let i = 0; i < needed.length; i++) {
    const { path, segment } = needed[i]!;
    const blocks = new BlockReader(vfs, path);
    try {
      const next = needed[i + 1];
      const required = next?.previousEnd ?? (durable?.segment === segment ? durable.offset : 0);
      const stop = next === undefined ? Number.POSITIVE_INFINITY : required;
      const found = reader.read(blocks, segment, stop);
      const { offset } = found;
      if (offset < required || offset > stop) {
        throw new CorruptionError(path, found.brokenAt, 'a log record that was durable is not whole');
      }
      if (next === undefined) tornBytes = tornTail(blocks, segment, found);
      end = { segment, offset };
    } finally {
      blocks.close();
    }
  }
  const slots: WalSlot[] = all.map(({ slot, path, segment, bytes }) => ({ slot, path, segment, bytes }));
  return { end, records: reader.records, lastSequence: reader.lastSequence, tornBytes, slots };
}

/** Segments must follow one another without a gap, and reach as far as the manifest knows of. */
function checkRow(directory: string, needed: readonly Segment[], from: number, durable: WalPosition | null): void {
  let expected = Math.max(from, 1);
  for (const { path, segment } of needed) {
    if (segment < expected) throw new CorruptionError(path, 0, `another file holds log segment ${segment} too`);
    if (segment > expected) throw missing(directory, expected);
    expected++;
  }
  const last = Math.max(from, durable?.segment ?? 0);
  if (expected <= last) throw missing(directory, expected);
}

function missing(directory: string, segment: number): CorruptionError {
  return new CorruptionError(directory, 0, `log segment ${segment} is missing`);
}

/** Where reading a segment ended, as offsets in its file. */
interface SegmentEnd {
  /** Behind the last whole record. */
  readonly offset: number;
  /** Behind the last whole fragment: a record may have lost its end. */
  readonly wholeTo: number;
  /** Where the next fragment should stand. */
  readonly brokenAt: number;
}

/** Puts fragments together to records. */
class RecordReader {
  records = 0;
  lastSequence = 0;
  private readonly parts = new ByteWriter();

  constructor(private readonly visit: WalVisitor) {}

  /** Reads `segment` up to the offset `stop`, or to the first fragment that isn't whole or not in its place. */
  read(blocks: BlockReader, segment: number, stop: number): SegmentEnd {
    const { parts } = this;
    let offset = SEGMENT_HEADER_BYTES;
    let at = offset;
    let within = false;
    let first = at;
    while (at < stop) {
      const fragment = fragmentOffset(at);
      if (!blocks.holds(fragment, segment)) return { offset, wholeTo: at, brokenAt: fragment };
      const local = blocks.seek(fragment);
      const start = local + FRAGMENT_HEADER_BYTES;
      const behind = start + fragmentLength(blocks.view, local);
      const type = fragmentType(blocks.view, local);
      if (within ? type !== MIDDLE && type !== LAST : type !== FULL && type !== FIRST)
        return { offset, wholeTo: at, brokenAt: fragment };
      if (!within) first = fragment;
      at = fragment + behind - local;
      let isNext = true;
      if (type === FULL) {
        isNext = this.emit(blocks.bytes, blocks.view, start, behind);
      } else {
        if (type === FIRST) parts.at = 0;
        parts.append(blocks.bytes, start, behind);
        if (type === LAST) isNext = this.emit(parts.bytes, parts.view, 0, parts.at);
      }
      if (!isNext) return { offset, wholeTo: at, brokenAt: first };
      within = type === FIRST || type === MIDDLE;
      if (!within) offset = at;
    }
    return { offset, wholeTo: at, brokenAt: at };
  }

  /**
   * False, with the record left out, when its sequence is not above the last one's: then it is none of this log, but was left behind by
   * a write that failed.
   */
  private emit(bytes: Buffer, view: DataView, start: number, end: number): boolean {
    const sequence = view.getUint32(start, true) + view.getUint32(start + 4, true) * 0x100000000;
    if (sequence <= this.lastSequence) return false;
    this.lastSequence = sequence;
    this.records++;
    this.visit(sequence, bytes, start + SEQUENCE_BYTES, end);
    return true;
  }
}

/**
 * Bytes behind the end of the last segment that look like a part of it. Throws CorruptionError when one of them knows that
 * more than this was on the disk.
 */
function tornTail(blocks: BlockReader, segment: number, { offset, wholeTo, brokenAt }: SegmentEnd): number {
  const { behind, synced } = blocks.findFragments(brokenAt, segment);
  if (synced > offset)
    throw new CorruptionError(blocks.path, brokenAt, 'a log record is not whole, but later ones are');
  return Math.max(behind, blocks.claimedEnd(brokenAt, segment), wholeTo) - offset;
}
