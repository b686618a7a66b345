// Reads columns out of all blocks of a table, block by block.
import { type Column, type ColumnLayout, holdsColumns, readColumn } from '../../bytes/columns.js';
import type { ColumnValues } from '../../bytes/scanned-columns.js';
import { ByteSpan } from '../../bytes/writer.js';
import { CodecError } from '../../errors.js';
import { FRAME_BYTES } from '../cache/page-cache.js';
import { blockStart, entryCount, HEAP_END_AT, OFFSET_BYTES, OFFSET_MASK, TAIL_BYTES } from './block.js';
import type { BlockSource } from './block-source.js';
import type { KeptNumbers, KeptTexts } from './kept-column.js';
import type { TextCoder } from './text-codes.js';

/** The values of one block: that of entry i is `bytes[starts[i], starts[i + 1])`. */
interface Block {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly count: number;
  readonly starts: Int32Array;
}

/**
 * Fills the columns, for which room is booked; those of too many different strings are refused. Answers the number of the first entry
 * of each block, and of all entries at the end; null, and nothing is filled, where some value is not laid out as `layout` says.
 */
export function collectColumns(
  source: BlockSource,
  layout: ColumnLayout,
  numbers: readonly KeptNumbers[],
  texts: readonly KeptTexts[],
): Int32Array | null {
  const { blocks } = source.index;
  const ordinals = new Int32Array(blocks + 1);
  const rooms = numbers.map((kept) => kept.room());
  let coders = texts.map((kept) => ({ kept, coder: kept.room() }));
  for (let number = 0, ordinal = 0; number < blocks; number++) {
    const block = valuesOf(source, number);
    if (!areLaidOut(layout, block)) return null;
    numbers.forEach(({ column }, i) => {
      readNumbers(column, block, rooms[i]!, ordinal);
    });
    for (const { kept, coder } of coders) {
      const outcome = readTexts(coder, block, ordinal);
      if (outcome === 'damaged') return null;
      if (outcome === 'too many') kept.refuse();
    }
    coders = coders.filter(({ kept }) => !kept.isRefused);
    ordinal += block.count;
    ordinals[number + 1] = ordinal;
    source.forgetAside();
  }
  numbers.forEach((kept, i) => {
    kept.set(rooms[i]!);
  });
  const { columns: memory } = source.cache;
  for (const { kept, coder } of coders) {
    if (memory.reserve(kept, coder.valueBytes)) kept.set({ codes: coder.codes, values: coder.values });
    else kept.refuse();
  }
  return ordinals;
}

function valuesOf(source: BlockSource, number: number): Block {
  const frameEnd = source.places.frameEnd(number);
  if (frameEnd === 0) source.load(number, true);
  else source.forgetAside();
  const end = frameEnd === 0 ? source.end : frameEnd * FRAME_BYTES;
  const { bytes, view } = source;
  const count = entryCount(view, end);
  const start = blockStart(view, end);
  const offsetsAt = end - TAIL_BYTES - OFFSET_BYTES * count;
  const starts = new Int32Array(count + 1);
  for (let i = 0; i < count; i++)
    starts[i] = start + (view.getUint16(offsetsAt + OFFSET_BYTES * i, true) & OFFSET_MASK);
  starts[count] = start + view.getUint32(end - HEAP_END_AT, true);
  return { bytes, view, count, starts };
}

function areLaidOut(layout: ColumnLayout, { bytes, count, starts }: Block): boolean {
  for (let i = 0; i < count; i++) if (!holdsColumns(layout, bytes, starts[i]!, starts[i + 1]!)) return false;
  return true;
}

function readNumbers(column: Column, { view, count, starts }: Block, into: ColumnValues, ordinal: number): void {
  for (let i = 0; i < count; i++) into[ordinal + i] = readColumn(column, view, starts[i]!);
}

const span = new ByteSpan();

function readTexts(coder: TextCoder, { bytes, view, count, starts }: Block, ordinal: number): Outcome {
  span.bytes = bytes;
  span.view = view;
  try {
    for (let i = 0; i < count; i++) {
      span.start = starts[i]!;
      span.end = starts[i + 1]!;
      if (!coder.add(ordinal + i, span)) return 'too many';
    }
  } catch (error) {
    // Whoever reads that value tells of it.
    if (error instanceof CodecError) return 'damaged';
    throw error;
  }
  return 'read';
}

type Outcome = 'read' | 'too many' | 'damaged';
