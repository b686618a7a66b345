// Which indexes can narrow a query: a rough likeness of the planner, which knows more (how many rows there are) and decides
// when the query runs. It is for the warning of scans and for editors.
import type { Expression } from '../../runtime/query/expression.js';
import type { EntityModel } from '../../runtime/schema/model.js';

const NARROWING: ReadonlySet<string> = new Set(['===', '<', '<=', '>', '>=', 'startsWith', 'arrayIncludes']);

export function isServed(expression: Expression, entity: EntityModel): boolean {
  return servingIndexes(expression, entity).length > 0;
}

/** `the primary key` and `index email`, as far as one of them leads with a field that the query narrows; each once. */
export function servingIndexes(expression: Expression, entity: EntityModel): readonly string[] {
  return [...new Set(serving(expression, entity))];
}

function serving(expression: Expression, entity: EntityModel): readonly string[] {
  if (expression.op === '&&') return expression.args.flatMap((arg) => serving(arg, entity));
  if (expression.op === '||') {
    const branches = expression.args.map((arg) => serving(arg, entity));
    return branches.every((branch) => branch.length > 0) ? branches.flat() : [];
  }
  if (expression.op === 'field') return ledBy(expression, entity);
  if (expression.op === '!') return ledBy(expression.arg, entity);
  if (!NARROWING.has(expression.op)) return [];
  if ('left' in expression) return [...ledBy(expression.left, entity), ...ledBy(expression.right, entity)];
  if (!('argument' in expression)) return [];
  const ofArgument = expression.op === 'arrayIncludes' ? ledBy(expression.argument, entity) : [];
  return [...ledBy(expression.subject, entity), ...ofArgument];
}

/** The key and the indexes whose first column it is. */
function ledBy(expression: Expression, { key, indexes }: EntityModel): string[] {
  if (expression.op !== 'field' || expression.path.length !== 1) return [];
  const [name] = expression.path;
  const led = indexes.filter(({ fields }) => fields[0] === name).map((index) => `index ${index.name}`);
  return key.fields[0] === name ? ['the primary key', ...led] : led;
}
