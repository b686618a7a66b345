// Which rows an entity's `retainWhile` keeps: as a test of rows for those that write them, and as a compaction filter, which the
// merging thread loads from this module, so that a merge lets go of refused records wherever it meets them first.
import type { ByteSpan } from '../bytes/writer.js';
import { withLayout } from '../codec/codec.js';
import { interpretEntity } from '../codec/interpret-entity.js';
import type { CompactionFilter } from '../engine/api.js';
import { DROP, dateIn, type EntryFilter, KEEP, provideFilters } from '../engine/index.js';
import type { Expression } from '../schema/expression.js';
import type { EntityModel } from '../schema/model.js';
import { compile, fieldOfRow } from './evaluate.js';
import { RecordTests } from './record-test.js';
import { layoutOf } from './row-filter.js';

/** Whether a row stays. */
export function retains<Row>(expression: Expression): (row: Row) => boolean {
  const evaluate = compile(expression, [], fieldOfRow);
  return (row) => Boolean(evaluate(row));
}

/** Whether the row of an entry of the primary tree, of the layout of that number, stays: told from its bytes where they tell, else from the decoded row. */
export function retainsEntry(model: EntityModel, number: number): (key: ByteSpan, record: ByteSpan) => boolean {
  const expression = model.retainWhile!;
  const layout = layoutOf(model);
  const entity = withLayout(interpretEntity(model), number);
  const test = new RecordTests(layout, model.name, []).test(expression);
  const holds = retains<unknown>(expression);
  const ofRow = (key: ByteSpan, record: ByteSpan): boolean =>
    holds(entity.row.decode(record, entity.key.read(key.bytes, key.start, key.end)));
  if (test === null) return ofRow;
  return (key, record) => {
    const { bytes, start, end } = record;
    // Of another layout, or damaged: decoding says what is wrong.
    const isReadable = end - start >= layout.fixedSize && bytes[start] === number;
    return isReadable ? test(record) : ofRow(key, record);
  };
}

/** What {@link retention} is called with, in whichever thread merges. */
interface RetentionParameters {
  readonly model: EntityModel;
  /** Of the layout of its records. */
  readonly number: number;
  /** The filter of a tree whose rows expire as well. */
  readonly expiry: Extract<CompactionFilter, { readonly kind: 'expiry' }> | null;
}

const MODULE = import.meta.url;
const FACTORIES = { retention };

/** The filter that leaves out what {@link retention} refuses. */
export function retentionFilter(parameters: RetentionParameters): CompactionFilter {
  provideFilters(MODULE, FACTORIES);
  return { kind: 'module', module: MODULE, name: 'retention', parameters };
}

/** A FilterFactory, for the primary tree of an entity. */
export function retention(parameters: unknown): EntryFilter {
  const { model, number, expiry } = parameters as RetentionParameters;
  const holds = retainsEntry(model, number);
  return {
    judge(key, value) {
      if (expiry !== null && dateIn(value, expiry.dateAt) <= expiry.cutoff) return DROP;
      return holds(key, value) ? KEEP : DROP;
    },
  };
}
