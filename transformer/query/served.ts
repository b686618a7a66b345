// Whether any index or the primary key can narrow a query: a rough likeness of the planner for the warning of scans.
import type { Expression } from '../../runtime/query/expression.js';
import type { EntityModel } from '../../runtime/schema/model.js';

const NARROWING: ReadonlySet<string> = new Set(['===', '<', '<=', '>', '>=', 'startsWith', 'arrayIncludes']);

export function isServed(expression: Expression, entity: EntityModel): boolean {
  if (expression.op === '&&') return expression.args.some((arg) => isServed(arg, entity));
  if (expression.op === '||') return expression.args.every((arg) => isServed(arg, entity));
  if (expression.op === 'field') return leads(expression, entity);
  if (expression.op === '!') return leads(expression.arg, entity);
  if (!NARROWING.has(expression.op)) return false;
  if ('left' in expression) return leads(expression.left, entity) || leads(expression.right, entity);
  if (!('argument' in expression)) return false;
  return leads(expression.subject, entity) || (expression.op === 'arrayIncludes' && leads(expression.argument, entity));
}

/** Whether it is the first column of a key or an index. */
function leads(expression: Expression, { key, indexes }: EntityModel): boolean {
  if (expression.op !== 'field' || expression.path.length !== 1) return false;
  const [name] = expression.path;
  return [key, ...indexes].some(({ fields }) => fields[0] === name);
}
