// Query lowering: `db.user.where(u => u.isActive)` gets a second argument that says the same as data. Only calls of a method
// that takes such an argument, over rows that are a known entity, are looked at.
import type ts from 'typescript';
import type { Expression } from '../../runtime/query/expression.js';
import type { EntityModel } from '../../runtime/schema/model.js';
import { PredicateLowering } from './predicate.js';
import { Row, unwrap } from './row.js';

type Compiler = typeof ts;

/** Text to be inserted into a source file. Every host applies the same edits: tsc as nodes, text hosts as text. */
export interface Edit {
  readonly fileName: string;
  readonly position: number;
  readonly text: string;
}

/** One arrow that was lowered. */
export interface Lowering {
  readonly entity: string;
  readonly call: ts.CallExpression;
  readonly arrow: ts.ArrowFunction;
  readonly expression: Expression;
  /** The captured expressions, as they stand in the arrow, in parameter order. */
  readonly captured: readonly ts.Expression[];
}

/** The entity whose rows are instances of the class; undefined for other classes. */
export type EntityOfClass = (fileName: string, className: string) => EntityModel | undefined;

/** Lowers what can be lowered in `sourceFile`; an arrow that isn't in the result runs over each row, with the same answer. */
export function lowerQueries(
  ts: Compiler,
  program: ts.Program,
  sourceFile: ts.SourceFile,
  entityOfClass: EntityOfClass,
): Lowering[] {
  const found: Lowering[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const lowering = lowerCall(ts, program, node, entityOfClass);
      if (lowering !== undefined) found.push(lowering);
    }
    ts.forEachChild(node, visit);
  };
  visit(sourceFile);
  return found;
}

/** The edit that text hosts apply: `, { expression, parameters }` behind the arrow. */
export function editOf({ arrow, expression, captured }: Lowering): Edit {
  const parameters = captured.map((node) => node.getText()).join(', ');
  return {
    fileName: arrow.getSourceFile().fileName,
    position: arrow.getEnd(),
    text: `, { expression: ${JSON.stringify(expression)}, parameters: () => [${parameters}] }`,
  };
}

function lowerCall(
  ts: Compiler,
  program: ts.Program,
  call: ts.CallExpression,
  entityOfClass: EntityOfClass,
): Lowering | undefined {
  const [arrow, ...others] = call.arguments;
  if (
    arrow === undefined ||
    others.length > 0 ||
    !ts.isArrowFunction(arrow) ||
    !ts.isPropertyAccessExpression(call.expression)
  ) {
    return undefined;
  }
  const [parameter, ...more] = arrow.parameters;
  const body = returned(ts, arrow);
  if (parameter === undefined || more.length > 0 || body === undefined || isAsync(ts, arrow)) return undefined;
  const checker = program.getTypeChecker();
  if (!takesLowered(checker, call)) return undefined;
  const entity = entityOfRow(ts, checker, parameter, entityOfClass);
  if (entity === undefined) return undefined;

  const options = program.getCompilerOptions();
  const row = new Row(ts, checker, options.strictNullChecks ?? options.strict ?? isStrictByDefault(ts), entity.fields);
  if (!row.bind(parameter)) return undefined;
  const lowering = new PredicateLowering(ts, program, checker, row);
  const expression = lowering.condition(body);
  if (expression === null) return undefined;
  return { entity: entity.name, call, arrow, expression, captured: lowering.captured };
}

/** The one expression that the arrow returns. */
function returned(ts: Compiler, arrow: ts.ArrowFunction): ts.Expression | undefined {
  if (!ts.isBlock(arrow.body)) return unwrap(ts, arrow.body);
  const [statement, ...others] = arrow.body.statements;
  const isReturn = statement !== undefined && others.length === 0 && ts.isReturnStatement(statement);
  return isReturn ? statement.expression : undefined;
}

function isAsync(ts: Compiler, arrow: ts.ArrowFunction): boolean {
  return arrow.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) ?? false;
}

/** `strict` is on by default since TypeScript 6. */
function isStrictByDefault(ts: Compiler): boolean {
  return Number.parseInt(ts.versionMajorMinor, 10) >= 6;
}

/**
 * Whether the called method is one of ours: it takes, behind the predicate, the `Lowered` of runtime/query/expression.ts.
 * The type is the mark, so any method that takes one is served, and no other `where` of anybody's.
 */
function takesLowered(checker: ts.TypeChecker, call: ts.CallExpression): boolean {
  const second = checker.getResolvedSignature(call)?.parameters[1];
  if (second === undefined) return false;
  const symbol = checker.getNonNullableType(checker.getTypeOfSymbol(second)).getSymbol();
  if (symbol?.name !== 'Lowered') return false;
  const files = symbol.declarations?.map((declaration) => declaration.getSourceFile().fileName) ?? [];
  return files.some((file) => /\/runtime\/query\/expression\.(d\.)?ts$/.test(file));
}

function entityOfRow(
  ts: Compiler,
  checker: ts.TypeChecker,
  parameter: ts.ParameterDeclaration,
  entityOfClass: EntityOfClass,
): EntityModel | undefined {
  const declaration = checker.getTypeAtLocation(parameter).getSymbol()?.valueDeclaration;
  if (declaration === undefined || !ts.isClassDeclaration(declaration) || declaration.name === undefined)
    return undefined;
  return entityOfClass(declaration.getSourceFile().fileName, declaration.name.text);
}
