// Chooses how a query is answered: of all paths to its rows the one that is expected to cost least. A wrong choice costs time, never
// rows, for every path gives the same ones in the same order.
import { NUMBER_OF_ROWS, type Otherwise, type Path, type Plan, type Wanted, WHOLE_ROWS } from './access.js';
import { costOfWalked } from './cost.js';
import { ChosenPath } from './draft.js';
import { PathFinder } from './paths.js';
import type { Query, Selector } from './query.js';
import { fieldsRead } from './selector.js';
import type { Table } from './table.js';

/** Collected keys beyond this share of the table's rows: reading all of it in order is cheaper than fetching each. */
const SCAN_SHARE = 1 / 3;
/** Below this many keys fetching is always right, whatever the (estimated) size of the table. */
const ALWAYS_FETCHED = 1000;
/** Entries that a walk may always look at. */
const FEWEST_WALKED = 128;
/** What a walk may cost, as a share of the plan that it gives way to. */
const WALKED_SHARE = 1 / 2;

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
  const evident = finder.evident();
  if (evident !== null) return planOf(table, evident, finder);
  const paths = finder.all();
  return withWayOut(table, cheapest(paths), paths, query, finder);
}

/** All plans, the one that {@link plan} takes first, and then by cost: what explain() shows, and what may be tried by force. */
export function plans<Row, Key>(
  table: Table<Row, Key>,
  query: Query,
  wanted: Wanted = wantedOf(query),
): { readonly plans: readonly Plan<Row>[]; readonly finder: PathFinder<Row, Key> } {
  const finder = new PathFinder(table, query, wanted);
  const paths = [...finder.all()].sort((a, b) => a.cost - b.cost);
  const evident = finder.evident();
  const chosen = evident === null ? paths[0]! : paths.find((path) => isSame(path, evident))!;
  return {
    plans: [
      withWayOut(table, chosen, paths, query, finder),
      ...paths.filter((path) => path !== chosen).map((path) => planOf(table, path, finder)),
    ],
    finder,
  };
}

/** Whether two paths of one finder are the same one. */
function isSame<Row>(a: Path<Row>, b: Path<Row>): boolean {
  return a.spans === b.spans && a.walk === b.walk && a.covering === b.covering && a.also.length === b.also.length;
}

function cheapest<Row>(paths: readonly Path<Row>[]): Path<Row> {
  let best = paths[0]!;
  for (const path of paths) if (path.cost < best.cost) best = path;
  return best;
}

function planOf<Row, Key>(
  table: Table<Row, Key>,
  path: Path<Row>,
  { order }: PathFinder<Row, Key>,
  otherwise: Otherwise<Row> | null = null,
): Plan<Row> {
  const mostKeys = Math.max(ALWAYS_FETCHED, table.tree.estimateEntries() * SCAN_SHARE);
  return new ChosenPath(path, order, mostKeys, otherwise);
}

/**
 * A walk that is cheap only because a limit should end it early depends on where in the order the answers stand, and of that nothing is
 * known: it goes on until it has cost {@link WALKED_SHARE} of the best plan that doesn't, and then gives way to that, so that a wrong
 * choice costs that share more than the right one (as who rents skis for a while before buying them).
 */
function withWayOut<Row, Key>(
  table: Table<Row, Key>,
  path: Path<Row>,
  paths: readonly Path<Row>[],
  query: Query,
  finder: PathFinder<Row, Key>,
): Plan<Row> {
  if (query.limit === null || !isLookingUp(path) || path.exact) return planOf(table, path, finder);
  const others = paths.filter((other) => !isLookingUp(other));
  const other = planOf(table, cheapest(others), finder);
  const entries = Math.max(FEWEST_WALKED, (other.cost * WALKED_SHARE) / costOfWalked());
  return planOf(table, path, finder, { entries, plan: other });
}

/** Whether rows are looked up one by one in the order of an index. */
function isLookingUp<Row>({ walk, fetched }: Path<Row>): boolean {
  return walk && fetched > 0;
}
