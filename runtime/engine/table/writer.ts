// Writes a table: entries into blocks, blocks into one output buffer and the file, then filter, index, properties and footer.
import { H1, H2, hashKey } from '../../bytes/hash.js';
import { LimitError, StorageError } from '../../errors.js';
import type { Vfs, VfsFile } from '../../vfs/vfs.js';
import { FRAME_BYTES } from '../cache/page-cache.js';
import type { TreeMeta } from '../version/edit.js';
import { MAX_BLOCK_BYTES } from './block.js';
import type { BlockBuilder } from './block-builder.js';
import { BlockIndexBuilder } from './block-index.js';
import { CHECKSUM_BYTES, putChecksum } from './checksum.js';
import type { SectionCollector } from './collector.js';
import { collectorsFor } from './collectors.js';
import {
  compress,
  DENSE,
  METHOD_AT,
  methodOf,
  PACKED_ALIGNMENT,
  PACKED_TAIL_BYTES,
  PAYLOAD_BYTES_AT,
  PLAIN,
} from './compression.js';
import { packDense } from './dense-block.js';
import { BloomBuilder, probesFor } from './filter.js';
import { FixedBlockBuilder } from './fixed-block.js';
import { encodeFooter, FOOTER_BYTES, type Footer, MAX_TABLE_KEY_BYTES } from './format.js';
import { PrefixBlockBuilder } from './prefix-block.js';
import { encodeProperties } from './properties.js';
import { type SortedEntries, SPOT_WORDS } from './sorted-entries.js';
import type { Compression, TableOptions, TableSummary, TableWriter } from './table.js';

/** Bytes of finished blocks that are written at once. */
const OUTPUT_BYTES = 256 * 1024;

/** For the sequence, where all entries get that of their load when it is installed. */
const NOT_YET_KNOWN = 0;

/** The disk is let begin whenever this many bytes more were written: the sync at the end of 14 MB took 4 ms instead of 9. */
const START_SYNC_BYTES = 2 * 1024 * 1024;

/**
 * Creates the file of table `id` of `tree` and a writer for it; the file must not exist. Throws LimitError QDB4050 on impossible sizes, StorageError QDB4081
 * where this Node lacks the compression.
 *
 * @example
 * const table = createTable(vfs, 'data/000017.table', 17, { id: 1, name: 'User', keySize: 8 }, { bitsPerKey: 16 });
 * for (const row of rows) table.add(row.key, 0, 8, sequence, false, row.value, 0, row.value.length);
 * const { bytes, smallest, largest } = table.finish();
 */
export function createTable(vfs: Vfs, path: string, id: number, tree: TreeMeta, options: TableOptions): TableWriter {
  const { blockBytes = FRAME_BYTES } = options;
  const { keySize } = tree;
  if (keySize !== null && !(keySize >= 1 && keySize <= MAX_TABLE_KEY_BYTES)) throw keyTooLong(path, keySize);
  const method = checkBlocks(blockBytes, options.compression ?? 'none');
  return new SortedTableWriter(vfs, path, id, tree, options, blockBytes, method);
}

/**
 * The method that such blocks are packed with. Throws LimitError QDB4050 on an impossible size, StorageError QDB4081 where this Node
 * lacks the compression.
 */
export function checkBlocks(blockBytes: number, compression: Compression): number {
  if (blockBytes % FRAME_BYTES === 0 && blockBytes >= FRAME_BYTES && blockBytes <= MAX_BLOCK_BYTES) {
    return methodOf(compression);
  }
  throw new LimitError(
    'QDB4050',
    `Blocks of ${blockBytes} bytes were asked for: take a multiple of ${FRAME_BYTES} up to ${MAX_BLOCK_BYTES}.`,
  );
}

/** Above every first byte but the last, as long as there is no value. */
const NO_LEAD = 0xff;
/** Up to this one, the least first byte is not told. */
const KNOWN_LEAD = 1;

interface Completed extends Omit<Footer, 'propertiesBytes'> {
  readonly smallest: Buffer;
  readonly largest: Buffer;
}

class SortedTableWriter implements TableWriter {
  entries = 0;
  private tombstones = 0;
  private keys = 0;
  private minSequence = Number.MAX_SAFE_INTEGER;
  private maxSequence = 0;
  private leastLead = NO_LEAD;
  private longestKey = 0;
  private lastSequence = 0;
  private smallest: Buffer | null = null;
  /** Where the sections end, once all but the properties are written. */
  private completed: Completed | null = null;
  private readonly file: VfsFile;
  private readonly builder: BlockBuilder;
  private readonly index = new BlockIndexBuilder();
  private readonly filter: BloomBuilder | null;
  private readonly collectors: readonly SectionCollector[];
  /** Whether the hash of a key is asked for: by the filter, or by blocks with slots. */
  private readonly hashes: boolean;
  /** Bytes given to the file, and those of them that a sync has covered or was begun for. */
  private written = 0;
  private synced = 0;

  constructor(
    private readonly vfs: Vfs,
    private readonly path: string,
    private readonly id: number,
    private readonly tree: TreeMeta,
    private readonly options: TableOptions,
    blockBytes: number,
    private readonly method: number,
  ) {
    const capacity = OUTPUT_BYTES + 2 * blockBytes;
    this.builder =
      tree.keySize === null
        ? new PrefixBlockBuilder(blockBytes, capacity)
        : new FixedBlockBuilder(tree.keySize, blockBytes, capacity);
    this.collectors = collectorsFor(tree);
    this.filter = options.bitsPerKey > 0 ? new BloomBuilder(options.bitsPerKey) : null;
    this.hashes = this.filter !== null || tree.keySize === null;
    this.file = vfs.open(path, 'create');
  }

  get estimatedBytes(): number {
    const { builder, filter, index } = this;
    const filterBytes = filter === null ? 0 : filter.byteLength + CHECKSUM_BYTES;
    return this.written + builder.start + builder.pendingBytes + filterBytes + index.byteLength + FOOTER_BYTES;
  }

  add(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    sequence: number,
    deleted: boolean,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): void {
    const { builder } = this;
    const keyBytes = keyEnd - keyStart;
    if (keyBytes > this.longestKey) this.noteLength(keyBytes);
    const order = builder.compare(key, keyStart, keyEnd);
    if (order < 0 || (order === 0 && sequence >= this.lastSequence)) throw this.outOfOrder();
    if (!builder.fits(keyBytes, deleted ? 0 : valueEnd - valueStart, sequence)) {
      this.endBlock(builder.separator(key, keyStart, keyEnd));
    }
    if (this.hashes) hashKey(key, keyStart, keyEnd);
    if (order > 0 && this.filter !== null) this.filter.add(H1, H2);
    builder.add(key, keyStart, keyEnd, H2, order > 0, sequence, deleted, value, valueStart, valueEnd);
    for (const collector of this.collectors) {
      collector.add(key, keyStart, keyEnd, deleted, value, valueStart, deleted ? valueStart : valueEnd);
    }
    this.smallest ??= Buffer.from(key.subarray(keyStart, keyEnd));
    if (deleted) this.tombstones++;
    else if (this.leastLead > KNOWN_LEAD) this.noteLead(value, valueStart, valueEnd);
    if (order > 0) this.keys++;
    if (sequence < this.minSequence) this.minSequence = sequence;
    if (sequence > this.maxSequence) this.maxSequence = sequence;
    this.lastSequence = sequence;
    this.entries++;
  }

  addSorted(entries: SortedEntries, from: number, to: number): void {
    const { builder, filter, collectors } = this;
    const { order, keys, keyStarts } = entries;
    if (this.smallest === null) {
      this.smallest = Buffer.from(keys.subarray(keyStarts[order[from]!], keyStarts[order[from]! + 1]));
      this.minSequence = NOT_YET_KNOWN;
    }
    for (let at = from; at < to; ) {
      const end = builder.addSorted(entries, at, to, filter);
      if (end < 0) throw this.outOfOrder();
      for (const collector of collectors) collector.addSorted(entries, at, end);
      if (end < to) this.endBlock(builder.separator(keys, keyStarts[order[end]!]!, keyStarts[order[end]! + 1]!));
      at = end;
    }
    if (this.leastLead > KNOWN_LEAD) this.noteLeads(entries, from, to);
    if (builder.longestKey > this.longestKey) this.longestKey = builder.longestKey;
    this.entries += to - from;
    this.keys += to - from;
  }

  complete(): void {
    if (this.completed !== null) return;
    const { builder, index, filter, smallest } = this;
    if (smallest === null) throw new StorageError('QDB4080', `${this.path} got no entry: a table needs at least one.`);
    const largest = builder.lastKey();
    this.endBlock(largest);
    this.drain();
    const dataBytes = this.written;
    const filterBytes = filter === null ? 0 : this.writeFilter(filter);
    const indexSection = index.build(dataBytes / PACKED_ALIGNMENT);
    this.write(indexSection, indexSection.length);
    this.completed = { dataBytes, filterBytes, indexBytes: indexSection.length, smallest, largest };
    this.file.startSync?.();
  }

  syncAsync(): Promise<void> {
    return this.file.syncAsync();
  }

  finish(sequence?: number): TableSummary {
    this.complete();
    const { smallest, largest, ...sizes } = this.completed!;
    const { entries, tombstones, keys, tree } = this;
    const minSequence = sequence ?? this.minSequence;
    const maxSequence = sequence ?? this.maxSequence;
    const properties = encodeProperties({
      id: this.id,
      treeId: tree.id,
      treeName: tree.name,
      keySize: tree.keySize ?? 0,
      alignment: PACKED_ALIGNMENT,
      probes: this.filter === null ? 0 : probesFor(this.options.bitsPerKey),
      longestKey: this.longestKey,
      entries,
      tombstones,
      keys,
      minSequence,
      maxSequence,
      smallest,
      largest,
      sections: this.collected(),
    });
    this.write(properties, properties.length);
    this.write(encodeFooter({ ...sizes, propertiesBytes: properties.length }), FOOTER_BYTES);
    this.file.sync();
    this.file.close();
    const leads = this.leastLead > KNOWN_LEAD ? { leastLead: this.leastLead } : {};
    return { bytes: this.written, entries, tombstones, smallest, largest, minSequence, maxSequence, ...leads };
  }

  abort(): void {
    this.file.close();
    this.vfs.remove(this.path);
  }

  private collected(): Map<number, Buffer> {
    const sections = new Map<number, Buffer>();
    for (const collector of this.collectors) {
      const bytes = collector.finish();
      if (bytes !== null) sections.set(collector.tag, Buffer.from(bytes));
    }
    return sections;
  }

  private noteLeads({ order, spots, chunks }: SortedEntries, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const spot = order[at]! * SPOT_WORDS;
      this.noteLead(chunks[spots[spot]!]!, spots[spot + 1]!, spots[spot + 2]!);
    }
  }

  private noteLead(value: Uint8Array, start: number, end: number): void {
    this.leastLead = Math.min(this.leastLead, start < end ? value[start]! : 0);
  }

  private noteLength(keyBytes: number): void {
    const { keySize } = this.tree;
    if (keyBytes > MAX_TABLE_KEY_BYTES || (keySize !== null && keyBytes !== keySize)) {
      throw keyTooLong(this.path, keyBytes);
    }
    this.longestKey = keyBytes;
  }

  private endBlock(separator: Buffer): void {
    const { builder, index } = this;
    const start = builder.start;
    const size = builder.seal(index.blocks);
    index.add((this.written + start) / PACKED_ALIGNMENT, size / FRAME_BYTES, separator);
    for (const collector of this.collectors) collector.endBlock();
    this.pack(start, size);
    if (builder.start >= OUTPUT_BYTES) this.drain();
  }

  /** Replaces the image that was sealed last by its packed form. */
  private pack(start: number, size: number): void {
    const { builder } = this;
    const shrunk = this.method === DENSE ? this.packDense(start, size) : this.compress(start, size);
    const payload = shrunk === 0 ? size - CHECKSUM_BYTES : shrunk;
    const stored = Math.ceil((payload + PACKED_TAIL_BYTES) / PACKED_ALIGNMENT) * PACKED_ALIGNMENT;
    builder.start = start;
    builder.ensure(stored);
    const { bytes, view } = builder;
    const end = start + stored;
    bytes.fill(0, start + payload, end);
    view.setUint32(end - PAYLOAD_BYTES_AT, payload, true);
    view.setUint32(end - METHOD_AT, shrunk === 0 ? PLAIN : this.method, true);
    putChecksum(bytes, view, start, end - CHECKSUM_BYTES);
    builder.start = end;
  }

  /** Bytes of the image's dense form, which takes its place; 0 when it would not be shorter. */
  private packDense(start: number, size: number): number {
    const { bytes, view } = this.builder;
    return packDense(bytes, view, start, size, this.tree.keySize ?? 0);
  }

  /** The same of its compressed form. */
  private compress(start: number, size: number): number {
    const { bytes } = this.builder;
    const packed = compress(this.method, bytes.subarray(start, start + size - CHECKSUM_BYTES));
    if (packed.length + PACKED_TAIL_BYTES >= size) return 0;
    bytes.set(packed, start);
    return packed.length;
  }

  private writeFilter(builder: BloomBuilder): number {
    const section = builder.build();
    this.write(section, section.length);
    return section.length;
  }

  /** Gives finished blocks to the file. */
  private drain(): void {
    const { builder } = this;
    if (builder.start > 0) this.write(builder.bytes, builder.start);
    builder.start = 0;
  }

  private write(bytes: Uint8Array, count: number): void {
    this.file.write(bytes, 0, count, this.written);
    this.written += count;
    const { syncBytes = 0 } = this.options;
    if (this.written - this.synced < (syncBytes > 0 ? syncBytes : START_SYNC_BYTES)) return;
    if (syncBytes > 0) this.file.sync();
    else this.file.startSync?.();
    this.synced = this.written;
  }

  private outOfOrder(): StorageError {
    return new StorageError(
      'QDB4080',
      `Entries of ${this.path} must come by key ascending, then by sequence descending; entry ${this.entries} does not.`,
    );
  }
}

function keyTooLong(path: string, keyBytes: number): LimitError {
  return new LimitError(
    'QDB4050',
    `A key of ${keyBytes} bytes does not fit into ${path}: take 1 to ${MAX_TABLE_KEY_BYTES} bytes, and the tree's own size where it is fixed.`,
  );
}
