// The layouts that records of one tree may have, where migrations have left old records as they were; and the way from each of them
// to today's, so that every reader sees rows of today. $meta keeps them (database/tree-layouts.ts), as plain data.
//
// A field is known by its id, whatever its name. Of an older record, fields that it has are copied, numbers made as wide as they are
// today; fields that were added since come out of one more record, of what the migrations gave to the rows that were there.
import { ByteSpan, ByteWriter } from '../bytes/writer.js';
import type { ValueLayouts } from '../engine/api.js';
import type { EntityModel, Field } from '../schema/model.js';
import { damaged } from './damage.js';
import { type PlainRow, RecordInterpreter, setField } from './interpret-record.js';
import { RecordWriter } from './interpret-write.js';
import { FIRST_LAYOUT } from './layout.js';
import { type Origin, RecordSplicer } from './splice.js';

/** An entity at one version of the schema. */
export interface Version {
  readonly model: EntityModel;
  /** Ids of its fields, by stored name. */
  readonly ids: Readonly<Record<string, number>>;
}

export interface KeptLayout extends Version {
  /** First byte of the records. */
  readonly number: number;
}

export interface TreeLayouts {
  /** By number; the last is today's. */
  readonly layouts: readonly KeptLayout[];
  readonly fill: Fill;
  readonly drops: readonly Drop[];
}

/** Fields that went, though records still hold them. */
interface Drop {
  /** Of the last layout that has them. */
  readonly number: number;
  /** The tree where what is overwritten of them is kept; once it is gone, nobody wants them any more. */
  readonly archive: string;
}

/** What records from before a field was added hold in it. */
interface Fill {
  /** Named by their ids. */
  readonly fields: readonly Field[];
  /** The record of these fields, in base64. */
  readonly record: string;
}

const NO_FILL: Fill = { fields: [], record: '' };

/** The layouts of a tree once another one is today's. */
export function withNewLayout(
  known: TreeLayouts | null,
  before: Version,
  after: Version,
  /** Values of the added fields, by property name. */
  values: PlainRow,
  /** Whether records of layouts before the last may be left. */
  holdsEarlier: boolean,
  /** Where fields of `before` are kept that `after` doesn't have; null where it has all. */
  archive: string | null,
): TreeLayouts {
  const last = known === null ? FIRST_LAYOUT : todays(known).number;
  const left = known === null || !holdsEarlier ? null : known;
  const fill = left?.fill ?? NO_FILL;
  const had = new Set(Object.values(before.ids));
  const added = after.model.fields.filter(({ storedName }) => !had.has(after.ids[storedName]!));
  const fresh = new Set(added.map(({ storedName }) => after.ids[storedName]!));
  return {
    layouts: [
      ...(left?.layouts ?? []).slice(0, -1).map((layout) => without(layout, fresh)),
      { number: last, ...before },
      { number: last + 1, ...after },
    ],
    fill: added.length === 0 ? fill : grownFill(fill, after, added, values),
    drops: [...(left?.drops ?? []), ...(archive === null ? [] : [{ number: last, archive }])],
  };
}

/** A field that comes back is a new one: what old records hold of it has been given up. */
function without(layout: KeptLayout, added: ReadonlySet<number>): KeptLayout {
  return { ...layout, ids: Object.fromEntries(Object.entries(layout.ids).filter(([, id]) => !added.has(id))) };
}

/** The layouts of the tree that keeps what is overwritten of records of `version`; null where these are of the first one. */
export function archiveLayouts(known: TreeLayouts | null, version: Version): TreeLayouts | null {
  if (known === null || todays(known).number === FIRST_LAYOUT) return null;
  return { layouts: [{ number: todays(known).number, ...version }], fill: NO_FILL, drops: [] };
}

/** The same layouts, of records that are called otherwise. */
export function renamed({ layouts, ...rest }: TreeLayouts, version: Version): TreeLayouts {
  return { ...rest, layouts: [...layouts.slice(0, -1), { number: layouts.at(-1)!.number, ...version }] };
}

/** Merges leave records up to this number alone, for they hold what a way back wants; 0 where there are none such. */
export function keptUpTo({ drops }: TreeLayouts): number {
  return Math.max(0, ...drops.map(({ number }) => number));
}

export function todays({ layouts }: TreeLayouts): KeptLayout {
  return layouts.at(-1)!;
}

function grownFill(fill: Fill, { model, ids }: Version, added: readonly Field[], values: PlainRow): Fill {
  const row = fillRow(fill);
  const fresh = added.map((field): Field => {
    const name = String(ids[field.storedName]);
    row[name] = values[field.name];
    return { ...field, name, storedName: name };
  });
  const fields = [...fill.fields.filter(({ name }) => !fresh.some((one) => one.name === name)), ...fresh];
  const out = new ByteWriter(256);
  new RecordWriter(fillModel(model, fields)).encode(row, out);
  return { fields, record: out.bytes.toString('base64', 0, out.at) };
}

function fillModel(model: EntityModel, fields: readonly Field[]): EntityModel {
  return { ...model, fields, key: { ...model.key, fields: [] } };
}

function fillRow({ fields, record }: Fill): PlainRow {
  if (fields.length === 0) return {};
  return new RecordInterpreter(fillModel({ name: 'what was added' } as EntityModel, fields)).decode(spanOf(record));
}

function spanOf(base64: string): ByteSpan {
  const span = new ByteSpan();
  span.bytes = Buffer.from(base64, 'base64');
  span.view = new DataView(span.bytes.buffer, span.bytes.byteOffset, span.bytes.length);
  span.end = span.bytes.length;
  return span;
}

/** Makes records of earlier layouts into today's, or into those of the layout of another number. */
export class RecordUpgrade implements ValueLayouts {
  readonly lead: number;
  /** By number. */
  private readonly ways = new Map<number, Way>();
  private readonly name: string;

  constructor(kept: TreeLayouts, number = todays(kept).number) {
    const to = kept.layouts.find((layout) => layout.number === number)!;
    this.lead = number;
    this.name = to.model.name;
    const fill = filled(kept, to);
    for (const layout of kept.layouts)
      if (layout.number < number) this.ways.set(layout.number, new Way(layout, to, fill));
  }

  upgrade(value: ByteSpan, out: ByteWriter): void {
    const way = value.start < value.end ? this.ways.get(value.bytes[value.start]!) : undefined;
    if (way === undefined) throw damaged(this.name);
    way.append(value, out);
  }
}

interface Filled {
  readonly model: EntityModel;
  readonly record: ByteSpan;
  readonly row: PlainRow;
}

function filled({ fill }: TreeLayouts, { model }: Version): Filled {
  const whole = fillModel(model, fill.fields);
  if (fill.fields.length > 0) return { model: whole, record: spanOf(fill.record), row: fillRow(fill) };
  const out = new ByteWriter(16);
  new RecordWriter(whole).encode({}, out);
  return { model: whole, record: spanOf(out.bytes.toString('base64', 0, out.at)), row: {} };
}

/** From one layout to another. */
class Way {
  private readonly splicer: RecordSplicer;
  private readonly reader: RecordInterpreter;
  private readonly writer: RecordWriter;
  /** Where each field of the record comes from, by property name. */
  private readonly origins: ReadonlyMap<string, Origin>;

  constructor(
    private readonly from: KeptLayout,
    private readonly to: KeptLayout,
    private readonly fill: Filled,
  ) {
    const old = new Map(from.model.fields.map(({ name, storedName }) => [from.ids[storedName], name]));
    this.origins = new Map(
      to.model.fields.map(({ name, storedName }): [string, Origin] => {
        const id = to.ids[storedName]!;
        const was = old.get(id);
        return [name, was === undefined ? { record: 1, name: String(id) } : { record: 0, name: was }];
      }),
    );
    this.splicer = new RecordSplicer(
      [from.model, fill.model],
      to.model,
      ({ name }) => this.origins.get(name)!,
      to.number,
    );
    this.reader = new RecordInterpreter(from.model);
    this.writer = new RecordWriter(to.model);
  }

  append(value: ByteSpan, out: ByteWriter): void {
    const { fill, from, to } = this;
    if (this.splicer.splice(value, fill.record, out)) return;
    const old = this.reader.decode(value, {}, from.number);
    const row: PlainRow = {};
    for (const [name, origin] of this.origins) setField(row, name, (origin.record === 0 ? old : fill.row)[origin.name]);
    this.writer.encode(row, out, to.number);
  }
}
