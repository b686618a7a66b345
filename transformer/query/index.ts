// Query lowering: `db.user.where(u => u.isActive)` gets a second argument that says the same as data, and so do `select`, `sum` and
// others that compute something of a row. Only calls of a method that takes such an argument, over rows that are a known entity, are
// looked at.
import type ts from 'typescript';
import type { Expression } from '../../runtime/query/expression.js';
import type { EntityModel } from '../../runtime/schema/model.js';
import type { Diagnostic } from '../diagnostics.js';
import type { Finding } from './findings.js';
import * as findings from './findings.js';
import type { PlacedFinding } from './lowering.js';
import { oneLine } from './one-line.js';
import { encryptedIn } from './operators.js';
import { checkOrder, orderSelector } from './order.js';
import { PredicateLowering } from './predicate.js';
import { hasStrictNulls, Row, unwrap } from './row.js';
import { arrowBehind, changedBeforeRun, isInReach } from './scope.js';
import { isServed } from './served.js';

export { lowerRetained } from './retained.js';
export { servingIndexes } from './served.js';

type Compiler = typeof ts;

/** Text to be inserted into a source file. Every host applies the same edits: tsc as nodes, text hosts as text. */
export interface Edit {
  readonly fileName: string;
  readonly position: number;
  readonly text: string;
}

/** One predicate or selector of a query that was looked at. */
export interface Lowering {
  readonly entity: string;
  readonly call: ts.CallExpression;
  /** The argument: an arrow, or the name of one. */
  readonly predicate: ts.Expression;
  /** Null when it can't be lowered: the call then says so with `null` as second argument. */
  readonly expression: Expression | null;
  /** The captured expressions, as they stand in the arrow, in parameter order. */
  readonly captured: readonly ts.Expression[];
}

export interface LoweredQueries {
  readonly lowerings: readonly Lowering[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The entity whose rows are instances of the class; undefined for other classes. */
export type EntityOfClass = (fileName: string, className: string) => EntityModel | undefined;

export interface LoweringOptions {
  /** Whether to warn of a query over the entity that no index serves. @default never */
  readonly warnsOfScans?: (entity: string) => boolean;
}

/** Lowers what can be lowered in `sourceFile`; every other arrow runs over each row, with the same answer. */
export function lowerQueries(
  ts: Compiler,
  program: ts.Program,
  sourceFile: ts.SourceFile,
  entityOfClass: EntityOfClass,
  options: LoweringOptions = {},
): LoweredQueries {
  const lowerings: Lowering[] = [];
  const diagnostics: Diagnostic[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const target = targetOf(ts, program.getTypeChecker(), node, entityOfClass);
      if (target !== undefined) {
        const { lowering, found } = lowerCall(ts, program, node, target, options);
        if (lowering !== null) lowerings.push(lowering);
        diagnostics.push(...found.map((finding) => placed(finding, node)));
      } else {
        const found = orderFindings(ts, program, node, entityOfClass);
        diagnostics.push(...found.map((finding) => placed(finding, node)));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(sourceFile);
  return { lowerings, diagnostics };
}

/** The edit that text hosts apply: `, { expression, parameters }` behind the predicate, or `, null`. */
export function editOf(ts: Compiler, { predicate, expression, captured }: Lowering): Edit {
  const parameters = captured.map((node) => oneLine(ts, node)).join(', ');
  return {
    fileName: predicate.getSourceFile().fileName,
    position: predicate.getEnd(),
    text:
      expression === null
        ? ', null'
        : `, { expression: ${JSON.stringify(expression)}, parameters: () => [${parameters}] }`,
  };
}

interface Target {
  readonly entity: EntityModel;
  readonly predicate: ts.Expression;
  /** Whether what it gives matters, and not only whether that is true. */
  readonly isSelector: boolean;
}

/** The call's predicate, if the call is a query over a known entity that has not been lowered by hand. */
function targetOf(
  ts: Compiler,
  checker: ts.TypeChecker,
  call: ts.CallExpression,
  entityOfClass: EntityOfClass,
): Target | undefined {
  const [predicate, ...others] = call.arguments;
  if (predicate === undefined || others.length > 0) return undefined;
  const inner = unwrap(ts, predicate);
  const isFunction = ts.isArrowFunction(inner) || ts.isFunctionExpression(inner);
  // Of a value of any type, such as JSON.parse(body), nothing tells that it is a predicate.
  const mayBePredicate = isWhere(ts, call) && checker.getTypeAtLocation(inner).getCallSignatures().length > 0;
  if (!isFunction && !mayBePredicate) return undefined;
  const signature = checker.getResolvedSignature(call);
  const [first, second] = signature?.parameters ?? [];
  const taker = second && takenAs(checker, second);
  if (first === undefined || taker === undefined) return undefined;
  const entity = entityOf(ts, checker, first, entityOfClass);
  return entity && { entity, predicate, isSelector: taker === 'LoweredSelector' };
}

/** The entity of the rows that a parameter's function takes. */
function entityOf(
  ts: Compiler,
  checker: ts.TypeChecker,
  parameter: ts.Symbol,
  entityOfClass: EntityOfClass,
): EntityModel | undefined {
  const [taken] = checker.getTypeOfSymbol(parameter).getCallSignatures();
  const row = taken?.parameters[0];
  const declaration = row && checker.getTypeOfSymbol(row).getSymbol()?.valueDeclaration;
  if (declaration === undefined || !ts.isClassDeclaration(declaration) || declaration.name === undefined)
    return undefined;
  return entityOfClass(declaration.getSourceFile().fileName, declaration.name.text);
}

/** What is wrong with the order of a query; nothing where the call is none. */
function orderFindings(
  ts: Compiler,
  program: ts.Program,
  call: ts.CallExpression,
  entityOfClass: EntityOfClass,
): readonly PlacedFinding[] {
  const selector = orderSelector(ts, call);
  if (selector === null) return [];
  const checker = program.getTypeChecker();
  const query = checker.getTypeAtLocation((call.expression as ts.PropertyAccessExpression).expression);
  const where = query.getProperty('where');
  const isQuery =
    where !== undefined &&
    checker
      .getTypeOfSymbol(where)
      .getCallSignatures()
      .some(({ parameters: [, second] }) => second !== undefined && takenAs(checker, second) === 'Lowered');
  const [first] = checker.getResolvedSignature(call)?.parameters ?? [];
  const entity = isQuery && first ? entityOf(ts, checker, first, entityOfClass) : undefined;
  return entity === undefined ? [] : checkOrder(entity, selector, loweringOf(ts, program, entity));
}

function loweringOf(ts: Compiler, program: ts.Program, entity: EntityModel): PredicateLowering {
  const checker = program.getTypeChecker();
  const row = new Row(ts, checker, hasStrictNulls(ts, program), entity);
  return new PredicateLowering(ts, program, checker, row, (name) => arrowBehind(ts, checker, name));
}

/** Figures that compare values with each other. */
const COMPARING = new Set(['min', 'max']);

function isComparing(ts: Compiler, { expression }: ts.CallExpression): boolean {
  return ts.isPropertyAccessExpression(expression) && COMPARING.has(expression.name.text);
}

function isWhere(ts: Compiler, { expression }: ts.CallExpression): boolean {
  return ts.isPropertyAccessExpression(expression) && expression.name.text === 'where';
}

/**
 * Which of `Lowered` and `LoweredSelector` of runtime/query/expression.ts the parameter takes. The type is the mark, so any method
 * that takes one is served, and no other `where` of anybody's.
 */
function takenAs(checker: ts.TypeChecker, parameter: ts.Symbol): 'Lowered' | 'LoweredSelector' | undefined {
  const symbol = checker.getNonNullableType(checker.getTypeOfSymbol(parameter)).getSymbol();
  if (symbol?.name !== 'Lowered' && symbol?.name !== 'LoweredSelector') return undefined;
  const files = symbol.declarations?.map((declaration) => declaration.getSourceFile().fileName) ?? [];
  return files.some((file) => /\/runtime\/query\/expression\.(d\.)?ts$/.test(file)) ? symbol.name : undefined;
}

function lowerCall(
  ts: Compiler,
  program: ts.Program,
  call: ts.CallExpression,
  { entity, predicate, isSelector }: Target,
  { warnsOfScans }: LoweringOptions,
): { lowering: Lowering | null; found: readonly PlacedFinding[] } {
  const checker = program.getTypeChecker();
  // A selector that can't be lowered reads whole rows, which is nothing to warn of.
  const refused = (found: readonly PlacedFinding[]) => ({
    lowering: { entity: entity.name, call, predicate, expression: null, captured: [] },
    found: isSelector ? found.filter(({ category }) => category === 'error') : found,
  });
  const refusedFor = (node: ts.Node, finding: Finding) => refused([{ ...finding, node }]);

  const inner = unwrap(ts, predicate);
  const arrow = ts.isArrowFunction(inner) ? inner : ts.isIdentifier(inner) ? arrowBehind(ts, checker, inner) : null;
  if (arrow === null) {
    // A filter made by defineFilter carries its own lowering.
    if (isFilter(checker, inner)) return { lowering: null, found: [] };
    return refusedFor(
      inner,
      findings.unknownForm(ts.isFunctionExpression(inner) ? 'a function expression' : inner.getText()),
    );
  }
  const lower = loweringOf(ts, program, entity);
  const expression = isSelector ? lower.selector(arrow) : lower.predicate(arrow);
  if (expression === null) return refused(lower.findings);
  const hidden = isSelector && isComparing(ts, call) ? encryptedIn(lower, expression) : null;
  if (hidden !== null) return refusedFor(inner, findings.encrypted(entity.name, hidden));

  const isHere = (node: ts.Node): boolean => node.pos >= arrow.pos && node.end <= arrow.end;
  const foreign = lower.captured.find(
    (node) => !(arrow === inner && isHere(node)) && !isInReach(ts, checker, node, call),
  );
  if (foreign !== undefined) return refusedFor(inner, findings.outOfReach(foreign.getText()));

  const found = [...lower.findings];
  const changed = changedBeforeRun(ts, checker, lower.captured, call);
  if (changed !== undefined) found.push({ ...findings.mutableCapture(changed.text), node: changed });
  if (!isSelector && warnsOfScans?.(entity.name) && !isServed(expression, entity)) {
    found.push({ ...findings.notServed(entity.name), node: predicate });
  }
  return { lowering: { entity: entity.name, call, predicate, expression, captured: lower.captured }, found };
}

/** Whether the value comes from `defineFilter`. */
function isFilter(checker: ts.TypeChecker, node: ts.Expression): boolean {
  const symbol = checker.getTypeAtLocation(node).aliasSymbol;
  const file = symbol?.declarations?.[0]?.getSourceFile().fileName ?? '';
  return symbol?.name === 'Filter' && /\/runtime\/query\/filter\.(d\.)?ts$/.test(file);
}

/** A finding at its place, or at the call's predicate where it lies in another file. */
function placed({ node, code, category, message }: PlacedFinding, call: ts.CallExpression): Diagnostic {
  const file = call.getSourceFile();
  const at = node.getSourceFile() === file ? node : call.arguments[0]!;
  const start = at.getStart(file);
  return { code, category, fileName: file.fileName, start, length: at.getEnd() - start, message };
}
