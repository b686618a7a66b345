// Reads a migration file as text: the steps as their author left them, so that a rebase takes them along.
import type ts from 'typescript';
import type { Compiler } from '../hosts/compiler.js';
import type { PlannedStep } from './between.js';

export interface EditedStep {
  readonly kind: string;
  /** Equal for steps of one kind about the same names. */
  readonly key: string;
  /** The call as it stands, with the comments above it; its lines hang from the first one. */
  readonly text: string;
}

/** The steps of both directions; empty where the file isn't laid out as it was written. */
export function editedSteps(ts: Compiler, text: string): { readonly up: EditedStep[]; readonly down: EditedStep[] } {
  const file = ts.createSourceFile('migration.ts', text, ts.ScriptTarget.Latest, true);
  const found: Record<string, EditedStep[]> = {};
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name)) {
      const list = ts.isArrowFunction(node.initializer) ? arrayIn(ts, node.initializer.body) : null;
      if (list !== null) found[node.name.text] ??= list.elements.flatMap((element) => stepOf(ts, file, element) ?? []);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { up: found.up ?? [], down: found.down ?? [] };
}

/** The key of a step that was planned, comparable with an edited one's. */
export function plannedKey({ kind, names }: PlannedStep): string {
  return keyOf(kind, names);
}

function keyOf(kind: string, names: PlannedStep['names']): string {
  return `${kind} ${JSON.stringify(names)}`;
}

function arrayIn(ts: Compiler, body: ts.ConciseBody): ts.ArrayLiteralExpression | null {
  const inner = ts.isParenthesizedExpression(body) ? body.expression : body;
  if (ts.isArrayLiteralExpression(inner)) return inner;
  if (!ts.isBlock(inner)) return null;
  const returned = inner.statements.find(ts.isReturnStatement)?.expression;
  return returned !== undefined && ts.isArrayLiteralExpression(returned) ? returned : null;
}

function stepOf(ts: Compiler, file: ts.SourceFile, node: ts.Expression): EditedStep | null {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return null;
  const kind = node.expression.name.text;
  const names: (string | string[])[] = [];
  for (const argument of node.arguments) {
    if (ts.isStringLiteralLike(argument)) names.push(argument.text);
    else if (ts.isArrayLiteralExpression(argument) && argument.elements.every(ts.isStringLiteralLike)) {
      names.push(argument.elements.map((element) => (element as ts.StringLiteral).text));
    } else break;
  }
  // A value may be a string or a list of them too; names come first, and their number follows from the kind.
  const key = keyOf(kind, names.slice(0, NAMES_OF[kind] ?? names.length));
  return { kind, key, text: unindented(file.text.slice(node.getFullStart(), node.getEnd())) };
}

const NAMES_OF: Readonly<Record<string, number>> = {
  addField: 2,
  changeField: 2,
  dropField: 2,
  splitField: 3,
  mergeFields: 3,
  renameField: 3,
  transform: 1,
};

/** Without the indentation that all lines after the first share with the last one. */
function unindented(text: string): string {
  const lines = text
    .replace(/^\s*\n/, '')
    .trimEnd()
    .split('\n');
  const margin = /^ */.exec(lines.at(-1)!)![0].length;
  return lines
    .map((line) => line.slice(Math.min(margin, /^ */.exec(line)![0].length)))
    .join('\n')
    .trim();
}
