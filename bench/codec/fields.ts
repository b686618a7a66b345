// One field out of an encoded row, as a predicate over a scan reads it: one span that moves over the records.
import { ByteSpan } from '../../runtime/bytes/writer.js';
import { fieldReader, type ReadField } from '../../runtime/codec/field.js';
import { layoutRecord } from '../../runtime/codec/layout.js';
import { encodeAll, type Runtime } from './ours.js';
import type { Shape } from './shapes.js';
import type { Work } from './work.js';

/** Rows that one call goes over, for a single field is read faster than a call is timed. */
export const FIELDS_A_CALL = 100;

export function fieldWorks(runtime: Runtime, { entity, rows }: Shape): Record<string, Work> {
  const created = rows.map((row, i) => runtime.create({ ...row, pk: i }, 0));
  const spans = encodeAll(runtime, created);
  const layout = layoutRecord(entity);
  const reader = (name: string): ReadField => fieldReader(layout, [name], entity.name)!;
  return {
    'field: number': numberWork(reader('score'), spans),
    'field: string of 12 characters': stringWork(reader('name'), spans),
    'field: string of 28 characters': stringWork(reader('email'), spans),
  };
}

/** A loop of its own for each type, as a filter has one for each predicate: so the reader can be compiled into it. */
function numberWork(read: ReadField, spans: readonly ByteSpan[]): Work {
  const { span, starts, ends } = moving(spans);
  return (i) => {
    const first = (i * FIELDS_A_CALL) % starts.length;
    let sum = 0;
    for (let record = first; record < first + FIELDS_A_CALL; record++) {
      span.start = starts[record]!;
      span.end = ends[record]!;
      sum += read(span) as number;
    }
    return sum;
  };
}

function stringWork(read: ReadField, spans: readonly ByteSpan[]): Work {
  const { span, starts, ends } = moving(spans);
  return (i) => {
    const first = (i * FIELDS_A_CALL) % starts.length;
    let sum = 0;
    for (let record = first; record < first + FIELDS_A_CALL; record++) {
      span.start = starts[record]!;
      span.end = ends[record]!;
      sum += (read(span) as string).length;
    }
    return sum;
  };
}

function moving(spans: readonly ByteSpan[]): { span: ByteSpan; starts: Int32Array; ends: Int32Array } {
  return {
    span: Object.assign(new ByteSpan(), spans[0]),
    starts: Int32Array.from(spans, ({ start }) => start),
    ends: Int32Array.from(spans, ({ end }) => end),
  };
}
