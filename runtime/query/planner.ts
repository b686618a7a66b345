// Chooses how a query is answered: of all paths to its rows the one that is expected to cost least. A wrong choice costs time, never
// rows, for every path gives the same ones in the same order.
import { NUMBER_OF_ROWS, type Path, type Plan, type Wanted, WHOLE_ROWS } from './access.js';
import { PathFinder } from './paths.js';
import type { Query, Selector } from './query.js';
import { fieldsRead } from './selector.js';
import type { Table } from './table.js';

/** Collected keys beyond this share of the table's rows: reading all of it in order is cheaper than fetching each. */
const SCAN_SHARE = 1 / 3;
/** Below this many keys fetching is always right, whatever the (estimated) size of the table. */
const ALWAYS_FETCHED = 1000;

/** What the query itself takes of its rows. */
export function wantedOf({ projection, distinctBy }: Query): Wanted {
  return projection === null ? WHOLE_ROWS : fieldsOf(distinctBy === null ? [projection] : [projection, distinctBy]);
}

/** What is needed to count the rows of a query. */
export function countingOf({ after, distinctBy }: Query): Wanted {
  return after === null && distinctBy === null ? NUMBER_OF_ROWS : fieldsOf(distinctBy === null ? [] : [distinctBy]);
}

function fieldsOf(selectors: readonly Selector[]): Wanted {
  if (selectors.some(({ expression }) => expression === null)) return WHOLE_ROWS;
  return {
    fields: selectors.flatMap(({ expression }) => fieldsRead(expression!).map(([name]) => name!)),
    counting: false,
  };
}

export function plan<Row, Key>(table: Table<Row, Key>, query: Query, wanted: Wanted = wantedOf(query)): Plan<Row> {
  const finder = new PathFinder(table, query, wanted);
  const path = finder.lookup() ?? cheapest(finder.all());
  return planOf(table, path, finder);
}

/** All plans, the one that {@link plan} takes first, and then by cost: what explain() shows, and what may be tried by force. */
export function plans<Row, Key>(
  table: Table<Row, Key>,
  query: Query,
  wanted: Wanted = wantedOf(query),
): { readonly plans: readonly Plan<Row>[]; readonly finder: PathFinder<Row, Key> } {
  const finder = new PathFinder(table, query, wanted);
  const paths = [...finder.all()].sort((a, b) => a.cost - b.cost);
  const lookup = finder.lookup();
  const chosen = lookup === null ? paths[0]! : paths.find(({ spans }) => spans?.[0] === lookup.spans![0])!;
  return {
    plans: [chosen, ...paths.filter((path) => path !== chosen)].map((path) => planOf(table, path, finder)),
    finder,
  };
}

function cheapest<Row>(paths: readonly Path<Row>[]): Path<Row> {
  let best = paths[0]!;
  for (const path of paths) if (path.cost < best.cost) best = path;
  return best;
}

function planOf<Row, Key>(table: Table<Row, Key>, path: Path<Row>, { order }: PathFinder<Row, Key>): Plan<Row> {
  const mostKeys = Math.max(ALWAYS_FETCHED, table.tree.estimateEntries() * SCAN_SHARE);
  return { ...path, order, mostKeys };
}
