// Reads a table: its small sections at opening, its blocks through the page cache when they are asked for.
import type { ByteSpan } from '../../bytes/writer.js';
import { CorruptionError } from '../../errors.js';
import { openToRead, readFrom } from '../../vfs/failure.js';
import type { Vfs, VfsFile } from '../../vfs/vfs.js';
import type { Scan } from '../api.js';
import type { BlockPlaces } from '../cache/block-places.js';
import { CacheCounters, FRAME_BYTES, type PageCache } from '../cache/page-cache.js';
import { BlockIndex } from './block-index.js';
import { BlockPath } from './block-path.js';
import { BlockSource } from './block-source.js';
import { CHECKSUM_BYTES, checksumMatches } from './checksum.js';
import { BlockCursor } from './cursor.js';
import { BloomFilter } from './filter.js';
import { decodeFooter, FOOTER_BYTES } from './format.js';
import { ALL_VISIBLE, CONTINUES, findFixed, findPrefixed } from './lookup.js';
import { decodeProperties, type Properties, ZONES_TAG } from './properties.js';
import { asksForColumns, Sifting } from './sifting.js';
import { ABSENT, type Lookup, type TableCursor, type TableIdentity, type TableReader } from './table.js';
import { TableColumns } from './table-columns.js';
import { verifyTable } from './verify.js';
import { ZoneMap } from './zones.js';

/**
 * Opens a table: reads its filter, index, properties and footer (one read, about 1 % of the file), no block.
 * `counters` counts its block reads; give the tables of one tree and level the same. `loadXxh3` must have finished in this thread.
 * Throws CorruptionError when a section is damaged or the file is that of another table, StorageError QDB4011 when another release
 * wrote it.
 */
export function openTable(
  vfs: Vfs,
  path: string,
  identity: TableIdentity,
  cache: PageCache,
  counters: CacheCounters = new CacheCounters(),
): TableReader {
  const file = openToRead(vfs, path);
  try {
    return readSections(file, identity, cache, counters);
  } catch (error) {
    file.close();
    throw error;
  }
}

/** The properties of a table file, whichever it is; throws as {@link openTable}. */
export function readProperties(vfs: Vfs, path: string): Properties {
  const file = openToRead(vfs, path);
  try {
    return readMeta(file).properties;
  } finally {
    file.close();
  }
}

function readSections(
  file: VfsFile,
  { id, treeId }: TableIdentity,
  cache: PageCache,
  counters: CacheCounters,
): SortedTableReader {
  const { properties, filterBytes, indexBytes, fileBytes } = readMeta(file);
  if (properties.id !== id || properties.treeId !== treeId) {
    const here = `table ${properties.id} of tree ${properties.treeId} ("${properties.treeName}")`;
    throw new CorruptionError(file.path, fileBytes, `${here} stands where table ${id} of tree ${treeId} should`);
  }
  const filter = filterBytes.length === 0 ? null : new BloomFilter(filterBytes, properties.probes);
  const index = new BlockIndex(indexBytes, properties.alignment);
  const source = new BlockSource(id, file, index, properties.alignment !== FRAME_BYTES, cache, counters);
  return new SortedTableReader(file, fileBytes, properties, filter, source);
}

interface TableSections {
  readonly fileBytes: number;
  readonly filterBytes: Buffer;
  readonly indexBytes: Buffer;
  readonly properties: Properties;
}

/** Everything behind the data blocks, each section verified. */
function readMeta(file: VfsFile): TableSections {
  const fileBytes = file.size();
  if (fileBytes < FOOTER_BYTES) throw new CorruptionError(file.path, 0, `${fileBytes} bytes are too few for a table`);
  const footerBytes = Buffer.alloc(FOOTER_BYTES);
  readWhole(file, footerBytes, fileBytes - FOOTER_BYTES);
  const footer = decodeFooter(footerBytes, file.path, fileBytes);
  const bytes = Buffer.allocUnsafeSlow(footer.filterBytes + footer.indexBytes + footer.propertiesBytes);
  readWhole(file, bytes, footer.dataBytes);
  const view = new DataView(bytes.buffer);
  const section = (start: number, size: number, name: string): Buffer => {
    if (size === 0) return bytes.subarray(start, start);
    const end = start + size - CHECKSUM_BYTES;
    if (end < start || !checksumMatches(bytes, view, start, end)) {
      throw new CorruptionError(file.path, footer.dataBytes + start, `the ${name} does not match its checksum`);
    }
    return bytes.subarray(start, end);
  };
  const filterBytes = section(0, footer.filterBytes, 'filter');
  const indexBytes = section(footer.filterBytes, footer.indexBytes, 'index');
  const start = footer.filterBytes + footer.indexBytes;
  const list = section(start, footer.propertiesBytes, 'property list');
  const properties = decodeProperties(list, file.path, footer.dataBytes + start);
  return { fileBytes, filterBytes, indexBytes, properties };
}

function readWhole(file: VfsFile, into: Buffer, offset: number): void {
  if (readFrom(file, into, 0, into.length, offset) !== into.length) {
    throw new CorruptionError(file.path, offset, 'the file ends inside a section');
  }
}

const CACHE_LINE_BYTES = 64;

const MOST_ABSENCES = 16;
/** Above it the filter is asked first after all. */
const MANY_ABSENCES = MOST_ABSENCES / 2;

/** Share of a table's blocks below which its columns are not collected. */
const FEW_BLOCKS = 1 / 4;

class SortedTableReader implements TableReader {
  readonly id: number;
  readonly path: string;
  readonly keySize: number | null;
  readonly entries: number;
  readonly tombstones: number;
  readonly keys: number;
  readonly smallest: Buffer;
  readonly largest: Buffer;
  readonly minSequence: number;
  readonly maxSequence: number;
  readonly blocks: number;
  readonly treeId: number;
  readonly treeName: string;
  /** As `keySize`; 0 where keys vary. */
  private readonly fixedSize: number;
  private readonly places: BlockPlaces;
  private readonly cache: PageCache;
  private counters: CacheCounters;
  private readonly index: BlockIndex;
  /** How many more of the last lookups by `getLikely` found nothing than something: saturates at 0 and MOST_ABSENCES, as a branch predictor does. */
  private absences = 0;
  /** Read when first asked for. */
  private zones: ZoneMap | null | undefined;
  private columns: TableColumns | null = null;

  constructor(
    private readonly file: VfsFile,
    readonly bytes: number,
    private readonly properties: Properties,
    private readonly filter: BloomFilter | null,
    private readonly source: BlockSource,
  ) {
    this.id = source.id;
    this.path = file.path;
    this.fixedSize = properties.keySize;
    this.keySize = properties.keySize === 0 ? null : properties.keySize;
    this.entries = properties.entries;
    this.tombstones = properties.tombstones;
    this.keys = properties.keys;
    this.smallest = properties.smallest;
    this.largest = properties.largest;
    this.minSequence = properties.minSequence;
    this.maxSequence = properties.maxSequence;
    this.blocks = source.index.blocks;
    this.treeId = properties.treeId;
    this.treeName = properties.treeName;
    this.places = source.places;
    this.cache = source.cache;
    this.counters = source.counters;
    this.index = source.index;
  }

  section(tag: number): Buffer | null {
    return this.properties.sections.get(tag) ?? null;
  }

  mayContain(h1: number, h2: number): boolean {
    return this.filter === null || this.filter.has(h1, h2);
  }

  get(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    h1: number,
    h2: number,
    maxSequence: number,
    into: ByteSpan,
  ): Lookup {
    if (!this.mayContain(h1, h2)) return ABSENT;
    const block = this.index.find(key, keyStart, keyEnd);
    if (block === this.blocks) return ABSENT;
    return this.getAt(block, key, keyStart, keyEnd, h2, maxSequence, into);
  }

  position(key: Uint8Array, keyStart: number, keyEnd: number): number {
    return (this.index.position(key, keyStart, keyEnd, this.smallest) / this.blocks) * this.entries;
  }

  getLikely(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    h1: number,
    h2: number,
    maxSequence: number,
    into: ByteSpan,
  ): Lookup {
    const block = this.locateLikely(key, keyStart, keyEnd, h1, h2);
    const found = block < 0 ? ABSENT : this.getAt(block, key, keyStart, keyEnd, h2, maxSequence, into);
    if (found !== ABSENT) {
      if (this.absences > 0) this.absences--;
    } else if (this.absences < MOST_ABSENCES) this.absences++;
    return found;
  }

  locate(key: Uint8Array, keyStart: number, keyEnd: number): number {
    const block = this.index.find(key, keyStart, keyEnd);
    return block === this.blocks ? -1 : block;
  }

  locateLikely(key: Uint8Array, keyStart: number, keyEnd: number, h1: number, h2: number): number {
    if (this.absences > MANY_ABSENCES && !this.mayContain(h1, h2)) return -1;
    const block = this.index.find(key, keyStart, keyEnd);
    if (block === this.blocks) return -1;
    return this.places.frameEnd(block) !== 0 || this.mayContain(h1, h2) ? block : -1;
  }

  touch(block: number): number {
    if (this.places.frameEnd(block) === 0) {
      this.source.load(block, false);
      this.source.forgetAside();
      return 0;
    }
    const frameEnd = this.places.frameEnd(block);
    const { bytes } = this.cache;
    const end = frameEnd * FRAME_BYTES - 1;
    return (
      bytes[end]! +
      bytes[end - CACHE_LINE_BYTES]! +
      bytes[end - 2 * CACHE_LINE_BYTES]! +
      bytes[end - 3 * CACHE_LINE_BYTES]!
    );
  }

  getCached(
    block: number,
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    h2: number,
    maxSequence: number,
    into: ByteSpan,
  ): Lookup {
    const frameEnd = this.places.frameEnd(block);
    if (frameEnd === 0 || maxSequence < this.minSequence) return ABSENT;
    const { cache, fixedSize } = this;
    const visible = maxSequence >= this.maxSequence ? ALL_VISIBLE : maxSequence;
    this.counters.lookups++;
    this.counters.hits++;
    this.places.mark(block);
    into.bytes = cache.bytes;
    into.view = cache.view;
    const end = frameEnd * FRAME_BYTES;
    const shape = this.places.shape(block);
    const found =
      fixedSize > 0
        ? findFixed(into, end, shape, fixedSize, key, keyStart, visible)
        : findPrefixed(into, end, shape, key, keyStart, keyEnd, h2, visible);
    return found === CONTINUES ? ABSENT : found;
  }

  getAt(
    first: number,
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    h2: number,
    maxSequence: number,
    into: ByteSpan,
  ): Lookup {
    const { cache, fixedSize } = this;
    // Where everything is old enough, or nothing, nobody need look at sequences.
    const visible = maxSequence >= this.maxSequence ? ALL_VISIBLE : maxSequence;
    if (maxSequence < this.minSequence) return ABSENT;
    for (let block = first; block < this.blocks; block++) {
      const frameEnd = this.places.frameEnd(block);
      let end: number;
      this.counters.lookups++;
      if (frameEnd !== 0) {
        this.counters.hits++;
        this.places.mark(block);
        into.bytes = cache.bytes;
        into.view = cache.view;
        end = frameEnd * FRAME_BYTES;
      } else {
        const { source } = this;
        source.load(block, false);
        into.bytes = source.bytes;
        into.view = source.view;
        end = source.end;
        source.forgetAside();
      }
      const found =
        fixedSize > 0
          ? findFixed(into, end, this.places.shape(block), fixedSize, key, keyStart, visible)
          : findPrefixed(into, end, this.places.shape(block), key, keyStart, keyEnd, h2, visible);
      if (found !== CONTINUES) return found;
    }
    return ABSENT;
  }

  cursor(scan?: Scan, leavesOut = false): TableCursor {
    const { source, keySize, properties } = this;
    const { longestKey } = properties;
    const { blocks } = source.index;
    const { minSequence, maxSequence } = this;
    const oneSequence = minSequence === maxSequence ? minSequence : null;
    const zones = scan !== undefined && leavesOut && asksForColumns(scan) ? this.zonesFor(scan) : null;
    const admitted = zones === null ? null : zones.admitted(scan!.bounds, blocks);
    const path = new BlockPath(blocks, admitted, scan);
    // Where zones leave out most of the table, reading the rest of it is little work.
    const few = admitted !== null && admitted.reduce((sum, one) => sum + one, 0) < blocks * FEW_BLOCKS;
    const mayTell = zones !== null && !few && this.tombstones === 0 && keySize !== null;
    const sifting = mayTell ? this.siftingFor(scan!, zones) : null;
    return new BlockCursor(source, keySize, longestKey, oneSequence, path, sifting);
  }

  private siftingFor(scan: Scan, zones: ZoneMap): Sifting {
    this.columns ??= new TableColumns(this.source, zones.layout, this.entries);
    return new Sifting(this.columns, scan);
  }

  private zonesFor({ lead }: Scan): ZoneMap | null {
    const zones = this.zoneMap();
    return lead === undefined || zones?.layout.lead === lead ? zones : null;
  }

  private zoneMap(): ZoneMap | null {
    if (this.zones === undefined) {
      const section = this.section(ZONES_TAG);
      this.zones = section === null ? null : new ZoneMap(section, this.blocks);
    }
    return this.zones;
  }

  verify(): void {
    verifyTable(this.source, this.properties, this.filter, this.path);
  }

  countInto(counters: CacheCounters): void {
    this.counters = counters;
    this.source.counters = counters;
  }

  close(): void {
    this.columns?.drop();
    this.cache.releaseAll(this.source);
    this.file.close();
  }
}
