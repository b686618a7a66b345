// One field out of an encoded row, as a predicate over a scan reads it.
import { fieldReader } from '../../runtime/codec/field.js';
import { layoutRecord } from '../../runtime/codec/layout.js';
import type { Work } from './contestant.js';
import { encodeAll, type Runtime } from './ours.js';
import type { Shape } from './shapes.js';

const FIELDS = { number: 'score', 'string of 12 characters': 'name', 'string of 28 characters': 'email' };

export function fieldWorks(runtime: Runtime, { entity, rows }: Shape): Record<string, Work> {
  const created = rows.map((row, i) => runtime.create({ ...row, pk: i }, 0));
  const spans = encodeAll(runtime, created);
  const starts = Int32Array.from(spans, (record) => record.start);
  const ends = Int32Array.from(spans, (record) => record.end);
  // One span that moves over the records, as a cursor's does.
  const span = spans[0]!;
  const layout = layoutRecord(entity);
  const works = Object.entries(FIELDS).map(([kind, name]): [string, Work] => {
    const read = fieldReader(layout, [name], entity.name)!;
    return [
      `field: ${kind}`,
      (i) => {
        const record = i % starts.length;
        span.start = starts[record]!;
        span.end = ends[record]!;
        return read(span);
      },
    ];
  });
  return Object.fromEntries(works);
}
