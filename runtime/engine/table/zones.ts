// Zone maps: the least and the greatest number of each column in every few blocks, so that a scan passes over blocks that can hold
// nothing it looks for (Moerkotte, "Small Materialized Aggregates", VLDB 1998).
//
//     varint           blocks of a zone; the last zone may have fewer
//     columns          the description of the columns, as bytes/columns.ts writes it
//     for each zone    u8 1 where some value is not laid out so, and nothing is known of the zone; else 0
//                      for each column: least, greatest, each in the width of the column (of a bit: a byte);
//                      least > greatest where no value of the zone is a number
//
// NaN satisfies no comparison, so it counts neither as least nor as greatest.
import {
  type ColumnBound,
  type ColumnKind,
  type ColumnLayout,
  holdsColumns,
  isSameColumn,
  readColumn,
  readColumnLayout,
  writeColumnLayout,
} from '../../bytes/columns.js';
import { readVarint, VARINT_END, writeVarint } from '../../bytes/varint.js';
import { ByteWriter } from '../../bytes/writer.js';
import type { SectionCollector } from './collector.js';
import { ZONES_TAG } from './properties.js';
import { type SortedEntries, SPOT_WORDS } from './sorted-entries.js';

/** Blocks of a zone: at 4 KiB each and two doubles a column, a column costs 1/2000 of the data. */
const ZONE_BLOCKS = 8;

export class ZoneCollector implements SectionCollector {
  readonly tag = ZONES_TAG;
  private readonly least: Float64Array;
  private readonly greatest: Float64Array;
  private isOpen = false;
  /** Blocks, and whether there are entries, since the last zone ended. */
  private blocks = 0;
  private isEmpty = true;
  private readonly out = new ByteWriter(1024);
  private source: Uint8Array = this.out.bytes;
  private view: DataView = this.out.view;

  constructor(private readonly layout: ColumnLayout) {
    const { length } = layout.columns;
    this.least = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
    this.greatest = new Float64Array(length).fill(Number.NEGATIVE_INFINITY);
    writeVarint(this.out, ZONE_BLOCKS);
    writeColumnLayout(layout, this.out);
  }

  add(
    _key: Uint8Array,
    _keyStart: number,
    _keyEnd: number,
    deleted: boolean,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): void {
    this.isEmpty = false;
    if (!deleted) this.note(value, valueStart, valueEnd);
  }

  addSorted({ order, chunks, spots }: SortedEntries, from: number, to: number): void {
    this.isEmpty = false;
    for (let i = from; i < to; i++) {
      const spot = order[i]! * SPOT_WORDS;
      this.note(chunks[spots[spot]!]!, spots[spot + 1]!, spots[spot + 2]!);
    }
  }

  private note(value: Uint8Array, valueStart: number, valueEnd: number): void {
    const { layout, least, greatest } = this;
    if (!holdsColumns(layout, value, valueStart, valueEnd)) {
      this.isOpen = true;
      return;
    }
    if (value !== this.source) {
      this.source = value;
      this.view = new DataView(value.buffer, value.byteOffset, value.byteLength);
    }
    const { columns } = layout;
    for (let i = 0; i < columns.length; i++) {
      const number = readColumn(columns[i]!, this.view, valueStart);
      if (number < least[i]!) least[i] = number;
      if (number > greatest[i]!) greatest[i] = number;
    }
  }

  endBlock(): void {
    if (++this.blocks === ZONE_BLOCKS) this.endZone();
  }

  finish(): Uint8Array | null {
    if (!this.isEmpty) this.endZone();
    return this.out.bytes.subarray(0, this.out.at);
  }

  private endZone(): void {
    const { out, layout, least, greatest } = this;
    out.ensure(1);
    out.bytes[out.at++] = this.isOpen ? 1 : 0;
    layout.columns.forEach(({ kind }, i) => {
      const { size, put, lowest, highest } = STORED[kind];
      out.ensure(2 * size);
      // An empty range in a width that has no infinities is the one from the highest number to the lowest.
      const isNothing = least[i]! > greatest[i]!;
      put(out.view, out.at, isNothing ? highest : least[i]!);
      put(out.view, out.at + size, isNothing ? lowest : greatest[i]!);
      out.at += 2 * size;
    });
    least.fill(Number.POSITIVE_INFINITY);
    greatest.fill(Number.NEGATIVE_INFINITY);
    this.isOpen = false;
    this.isEmpty = true;
    this.blocks = 0;
  }
}

/** The zones of a table, in memory. */
export class ZoneMap {
  /** Blocks of a zone. */
  readonly zoneBlocks: number;
  readonly layout: ColumnLayout;
  private readonly open: Uint8Array;
  /** Of zone z and column c at [z * columns + c]. */
  private readonly least: Float64Array;
  private readonly greatest: Float64Array;

  /** @param section as {@link ZoneCollector} made it for a table of `blocks` blocks */
  constructor(section: Buffer, blocks: number) {
    const end = section.length;
    this.zoneBlocks = readVarint(section, 0, end);
    const [layout, start] = readColumnLayout(section, VARINT_END, end);
    this.layout = layout;
    const { columns } = layout;
    const zones = Math.ceil(blocks / this.zoneBlocks);
    this.open = new Uint8Array(zones);
    this.least = new Float64Array(zones * columns.length);
    this.greatest = new Float64Array(zones * columns.length);
    const view = new DataView(section.buffer, section.byteOffset, section.length);
    for (let zone = 0, cell = 0, at = start; zone < zones; zone++) {
      this.open[zone] = section[at++]!;
      for (const { kind } of columns) {
        const { size, get } = STORED[kind];
        this.least[cell] = get(view, at);
        this.greatest[cell++] = get(view, at + size);
        at += 2 * size;
      }
    }
  }

  /** Per block 1 where it may hold a value inside all bounds, 0 where it can't; null where nothing is known of these columns. */
  admitted(bounds: readonly ColumnBound[], blocks: number): Uint8Array | null {
    const { columns } = this.layout;
    const known = bounds.flatMap(({ column, least, most, orNaN }) => {
      // Which zones hold a NaN is not kept.
      if (orNaN === true) return [];
      const cell = columns.findIndex((other) => isSameColumn(column, other));
      return cell < 0 ? [] : [{ cell, least, most }];
    });
    if (known.length === 0) return null;
    const admitted = new Uint8Array(blocks);
    for (let zone = 0; zone < this.open.length; zone++) {
      const at = zone * columns.length;
      const isAdmitted =
        this.open[zone] === 1 ||
        known.every(({ cell, least, most }) => this.least[at + cell]! <= most && this.greatest[at + cell]! >= least);
      if (isAdmitted) admitted.fill(1, zone * this.zoneBlocks, Math.min(blocks, (zone + 1) * this.zoneBlocks));
    }
    return admitted;
  }
}

interface Stored {
  readonly size: number;
  readonly lowest: number;
  readonly highest: number;
  readonly put: (view: DataView, at: number, value: number) => void;
  readonly get: (view: DataView, at: number) => number;
}

const STORED: Readonly<Record<ColumnKind, Stored>> = {
  bit: byteWide(0, 1),
  u8: byteWide(0, 0xff),
  u16: {
    ...{ size: 2, lowest: 0, highest: 0xffff },
    put: (view, at, value) => view.setUint16(at, value, true),
    get: (view, at) => view.getUint16(at, true),
  },
  u32: {
    ...{ size: 4, lowest: 0, highest: 0xffffffff },
    put: (view, at, value) => view.setUint32(at, value, true),
    get: (view, at) => view.getUint32(at, true),
  },
  i8: {
    ...{ size: 1, lowest: -0x80, highest: 0x7f },
    put: (view, at, value) => view.setInt8(at, value),
    get: (view, at) => view.getInt8(at),
  },
  i16: {
    ...{ size: 2, lowest: -0x8000, highest: 0x7fff },
    put: (view, at, value) => view.setInt16(at, value, true),
    get: (view, at) => view.getInt16(at, true),
  },
  i32: {
    ...{ size: 4, lowest: -0x80000000, highest: 0x7fffffff },
    put: (view, at, value) => view.setInt32(at, value, true),
    get: (view, at) => view.getInt32(at, true),
  },
  f32: {
    ...{ size: 4, lowest: Number.NEGATIVE_INFINITY, highest: Number.POSITIVE_INFINITY },
    put: (view, at, value) => view.setFloat32(at, value, true),
    get: (view, at) => view.getFloat32(at, true),
  },
  f64: {
    ...{ size: 8, lowest: Number.NEGATIVE_INFINITY, highest: Number.POSITIVE_INFINITY },
    put: (view, at, value) => view.setFloat64(at, value, true),
    get: (view, at) => view.getFloat64(at, true),
  },
};

function byteWide(lowest: number, highest: number): Stored {
  return {
    ...{ size: 1, lowest, highest },
    put: (view, at, value) => view.setUint8(at, value),
    get: (view, at) => view.getUint8(at),
  };
}
