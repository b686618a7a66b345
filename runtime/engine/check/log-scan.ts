// The records of a damaged log: those that are whole, also behind damage, where replay() rightly refuses to go on.
import { ByteWriter } from '../../bytes/writer.js';
import type { Vfs } from '../../vfs/vfs.js';
import { walSlot } from '../format.js';
import {
  BLOCK_BYTES,
  FIRST,
  FRAGMENT_HEADER_BYTES,
  FULL,
  fragmentLength,
  fragmentOffset,
  fragmentType,
  LAST,
  SEGMENT_HEADER_BYTES,
  SEQUENCE_BYTES,
} from '../wal/fragment.js';
import type { WalVisitor } from '../wal/log.js';
import { BlockReader } from '../wal/segment-reader.js';

/** Visits every whole record of segments from `from` on; their order is that of the files, not of the log. */
export function scanLog(vfs: Vfs, directory: string, from: number, visit: WalVisitor): void {
  for (const name of vfs.list(directory)) {
    if (walSlot(name) === undefined) continue;
    const blocks = new BlockReader(vfs, vfs.join(directory, name));
    try {
      const segment = blocks.header()?.segment ?? blocks.findSegment(Math.max(1, from));
      if (segment >= Math.max(1, from)) scanSegment(blocks, segment, visit);
    } finally {
      blocks.close();
    }
  }
}

function scanSegment(blocks: BlockReader, segment: number, visit: WalVisitor): void {
  const parts = new ByteWriter();
  let within = false;
  for (let at = SEGMENT_HEADER_BYTES; at < blocks.size; ) {
    const offset = fragmentOffset(at);
    if (!blocks.holds(offset, segment)) {
      // Whatever record goes on here has lost a part; the next fragment may stand at any byte of the block.
      within = false;
      at = nextFragment(blocks, offset + 1, segment);
      continue;
    }
    const local = blocks.seek(offset);
    const start = local + FRAGMENT_HEADER_BYTES;
    const end = start + fragmentLength(blocks.view, local);
    const type = fragmentType(blocks.view, local);
    at = offset + end - local;
    if (type === FULL || type === FIRST) {
      parts.at = 0;
      within = true;
    }
    if (!within) continue;
    parts.append(blocks.bytes, start, end);
    if (type !== FULL && type !== LAST) continue;
    within = false;
    const sequence = parts.view.getUint32(0, true) + parts.view.getUint32(4, true) * 0x100000000;
    visit(sequence, parts.bytes, SEQUENCE_BYTES, parts.at);
  }
}

/** Where the next whole fragment of this block stands, or the next block begins. */
function nextFragment(blocks: BlockReader, from: number, segment: number): number {
  const border = Math.ceil(from / BLOCK_BYTES) * BLOCK_BYTES;
  for (let at = from; at + FRAGMENT_HEADER_BYTES <= border; at++) if (blocks.holds(at, segment)) return at;
  return border;
}
