// Orders of queries. `sortBy(u => u.lastLogin)` needs no lowering: it is read when it runs. What can't be ordered by is said where it
// stands all the same.
import type ts from 'typescript';
import type { EntityModel } from '../../runtime/schema/model.js';
import * as findings from './findings.js';
import type { PlacedFinding } from './lowering.js';
import { encryptedIn } from './operators.js';
import type { PredicateLowering } from './predicate.js';
import { unwrap } from './row.js';

type Compiler = typeof ts;

const ORDERS = new Set(['sortBy', 'thenBy']);

/** The selector of a call that may be an order. */
export function orderSelector(
  ts: Compiler,
  { expression, arguments: given }: ts.CallExpression,
): ts.ArrowFunction | null {
  if (!ts.isPropertyAccessExpression(expression) || !ORDERS.has(expression.name.text) || given[0] === undefined)
    return null;
  const selector = unwrap(ts, given[0]);
  return ts.isArrowFunction(selector) ? selector : null;
}

/** Errors of an order by what is no stored field, and by an encrypted one. */
export function checkOrder(
  { name }: EntityModel,
  selector: ts.ArrowFunction,
  lower: PredicateLowering,
): readonly PlacedFinding[] {
  const expression = lower.selector(selector);
  const hidden = expression && encryptedIn(lower, expression);
  if (hidden) return [{ ...findings.encrypted(name, hidden), node: selector }];
  return lower.findings.flatMap((finding): PlacedFinding[] => {
    if (finding.code === 'QDB2002')
      return [{ ...findings.notStored(name, finding.node.getText()), node: finding.node }];
    return finding.category === 'error' ? [finding] : [];
  });
}
