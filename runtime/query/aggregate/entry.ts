// Values of selectors out of encoded entries: of the record's fields and the key where all that a selector reads can be had there; of the
// decoded row otherwise.
import type { EntryRun } from '../../bytes/entry-run.js';
import { ByteSpan } from '../../bytes/writer.js';
import type { EntityRuntime } from '../../codec/codec.js';
import { fieldReader } from '../../codec/field.js';
import type { FieldPlace, RecordLayout } from '../../codec/layout.js';
import { compile, type Evaluate } from '../evaluate.js';
import type { Selector } from '../query.js';
import { layoutOf } from '../row-filter.js';
import { fieldsRead } from '../selector.js';

/** One entry of a run: the span is its record. */
export class Entry extends ByteSpan {
  readonly key = new ByteSpan();

  /** Takes the buffers of a run; `at` then tells one entry after the other. */
  open({ bytes, view, keyBytes }: EntryRun): void {
    this.bytes = bytes;
    this.view = view;
    this.key.bytes = keyBytes;
  }

  at(run: EntryRun, entry: number): void {
    this.start = run.starts[entry]!;
    this.end = run.ends[entry]!;
    this.key.start = run.keyStarts[entry]!;
    this.key.end = run.keyEnds[entry]!;
  }
}

/** Decodes the whole row of an entry. */
export function rowOf<Row, Key>({ row, key }: EntityRuntime<Row, Key, never>, entry: Entry): Row {
  return row.decode(entry, key.read(entry.key.bytes, entry.key.start, entry.key.end));
}

/** What `selector` gives of an entry whose record {@link areReadable}. */
export function entryReader<Row, Key>(
  entity: EntityRuntime<Row, Key, never>,
  { expression, parameters, read }: Selector,
): Evaluate<Entry> {
  const ofRow = read as (row: Row) => unknown;
  const fields = new Map<string, Evaluate<Entry>>();
  for (const path of expression === null ? [] : fieldsRead(expression)) {
    const reader = keyReader(entity, path) ?? recordReader(entity, path);
    if (reader === null) return (entry) => ofRow(rowOf(entity, entry));
    fields.set(JSON.stringify(path), reader);
  }
  if (expression === null) return (entry) => ofRow(rowOf(entity, entry));
  return compile<Entry>(expression, parameters, (path) => fields.get(JSON.stringify(path))!);
}

function keyReader<Row, Key>(
  { model, key }: EntityRuntime<Row, Key, never>,
  [name, ...more]: readonly string[],
): Evaluate<Entry> | null {
  if (more.length > 0 || !model.key.fields.includes(name!)) return null;
  const whole: Evaluate<Entry> = (entry) => key.read(entry.key.bytes, entry.key.start, entry.key.end);
  return model.key.fields.length === 1 ? whole : (entry) => (whole(entry) as Record<string, unknown>)[name!];
}

function recordReader<Row, Key>(
  { model }: EntityRuntime<Row, Key, never>,
  path: readonly string[],
): Evaluate<Entry> | null {
  const layout = layoutOf(model);
  return placeOf(layout, path) === null ? null : fieldReader(layout, path, model.name);
}

/** Where a field stands; null for a field of the key, and inside an embedded object that may be missing: there `a.b` throws. */
export function placeOf(layout: RecordLayout, path: readonly string[]): FieldPlace | null {
  let { fields } = layout;
  for (const [i, name] of path.entries()) {
    const found = fields.find(({ field }) => field.name === name);
    if (found === undefined) return null;
    if (i === path.length - 1) return found;
    if (found.place.kind !== 'embedded' || found.missing !== null) return null;
    fields = found.place.fields;
  }
  return null;
}

/** Whether the fixed parts of the selected records may be read as they lie, in the layout of that number. Others are for decoding to judge. */
export function areReadable(
  { bytes, starts, ends }: EntryRun,
  selected: Int32Array,
  count: number,
  { fixedSize }: RecordLayout,
  number: number,
): boolean {
  for (let i = 0; i < count; i++) {
    const start = starts[selected[i]!]!;
    if (bytes[start] !== number || ends[selected[i]!]! - start < fixedSize) return false;
  }
  return true;
}
