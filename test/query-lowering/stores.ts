// What runs the lowered predicates of the differential test: closures over rows, and databases, which look at encoded records and choose
// an index where there is one.
import { compile, fieldOfRow } from '../../runtime/query/evaluate.js';
import type { Lowered } from '../../runtime/query/expression.js';
import type { EntityModel, Field } from '../../runtime/schema/model.js';
import { openGenerated, type TestDao } from '../support/database.js';
import { type AnyRow, field, index } from '../support/entities.js';
import { USER } from './lower.js';

/** Holds some rows, and tells which of them a predicate finds. */
export interface Held {
  /** Positions of the rows; throws what evaluating the predicate throws. */
  find(arrow: (row: unknown) => boolean, lowered: Lowered): readonly number[];
  close(): Promise<void>;
}

export interface PredicateStore {
  readonly name: string;
  /** How many sets of rows and captured values it is tried with. */
  readonly runs: number;
  open(rows: readonly AnyRow[]): Promise<Held>;
}

const closures: PredicateStore = {
  name: 'closures over rows',
  runs: 12,
  open: async (rows) => ({
    find(_arrow, { expression, parameters }) {
      const holds = compile(expression, parameters(), fieldOfRow);
      return rows.flatMap((row, i) => (holds(row) ? [i] : []));
    },
    close: async () => undefined,
  }),
};

const POSITION = 'position';
/** What the random rows leave out. */
const CONSTANT = { bytes: new Uint8Array(2), secret: 's', cells: { a: 1 }, 'a-b': 1 };

/** The entity of lower.ts under a key of its own, for its rows repeat what it has for one. */
function stored(indexes: EntityModel['indexes']): EntityModel {
  const wide = (one: Field): Field =>
    one.name === 'sizes' ? { ...one, type: { kind: 'array', element: { ...field('', { kind: 'float64' }) } } } : one;
  return {
    ...USER,
    key: { fields: [POSITION], autoIncrement: false, generate: null },
    fields: [field(POSITION, { kind: 'int32' }), ...USER.fields.map(wide)],
    indexes,
  };
}

function database(name: string, indexes: EntityModel['indexes']): PredicateStore {
  const model = stored(indexes);
  return {
    name,
    runs: 3,
    async open(rows) {
      const db = await openGenerated([model]);
      const dao: TestDao = db.dao(model.name);
      dao.putManySync(rows.map((row, position) => ({ ...CONSTANT, ...row, [POSITION]: position })));
      return {
        find: (arrow, lowered) =>
          dao
            .where(arrow, lowered)
            .select((row) => row[POSITION] as number)
            .toArraySync(),
        close: () => db.close(),
      };
    },
  };
}

const INDEXES = [
  index(['big']),
  index(['active', 'score']),
  index(['id']),
  index(['level', 'name']),
  index(['name']),
  index(['name'], { caseInsensitive: true }),
  index(['nick']),
  index(['region']),
  index(['role']),
  index(['score']),
  index(['seen']),
  index(['tags'], { multiEntry: true }),
];

export const STORES: readonly PredicateStore[] = [
  closures,
  database('encoded rows without an index', []),
  database('encoded rows with many', INDEXES),
];
