// Reads a migration file as text: the steps as their author left them, and whatever else stands in the file, so that a rebase takes
// all of it along. A file in another form is refused: what can't be read can't be kept.
import type ts from 'typescript';
import { literal } from '../emit/names.js';
import type { Compiler } from '../hosts/compiler.js';

/** A step as it stands in the file. */
export interface EditedStep {
  /** Comments above it, or behind it on its line; empty where there are none. */
  readonly comments: string;
  /** The call; its lines hang from the first one, unless they are verbatim. */
  readonly text: string;
  /** Whether a string goes over several lines: these must stay where they are. */
  readonly isVerbatim: boolean;
  /** The call with other names as its first arguments; null where the file doesn't spell these out. */
  renamed(names: readonly (string | readonly string[])[]): string | null;
}

export interface EditedFile {
  readonly up: readonly EditedStep[];
  readonly down: readonly EditedStep[];
  /** What stands above everything else, besides the line that every migration begins with. */
  readonly top: string;
  /** Imports, constants, helpers: everything but what every migration has. */
  readonly statements: readonly EditedStatement[];
}

export interface EditedStatement {
  /** With the comments that belong to it. */
  readonly text: string;
  /** What it declares. */
  readonly names: readonly string[];
  /** Where it imports from, or exports from. */
  readonly module: string | null;
}

/** What stands in the way; `at` is the text that is meant. */
export class UnreadableEdit extends Error {
  constructor(why: string, at: string) {
    super(`${why}: ${shortened(at)}`);
  }
}

const HEADER = /^\/\/ Migration \d+: .* Written by quantadb/;
const MIGRATE_MODULE = 'quantadb/migrate';
/** What the file of a migration imports by itself. */
const OWN_IMPORTS = ['defineMigration', 'EMPTY_SNAPSHOT', 'NoRows'];

/** @throws UnreadableEdit */
export function readEdited(ts: Compiler, text: string): EditedFile {
  return new Reader(
    ts,
    ts.createSourceFile('migration.ts', text.replaceAll('\r\n', '\n'), ts.ScriptTarget.Latest, true),
  ).read();
}

class Reader {
  private readonly text: string;

  constructor(
    private readonly ts: Compiler,
    private readonly file: ts.SourceFile,
  ) {
    this.text = file.text;
  }

  read(): EditedFile {
    const { ts, file } = this;
    const statements: EditedStatement[] = [];
    let steps: Pick<EditedFile, 'up' | 'down'> | null = null;
    let top = '';
    for (const statement of file.statements) {
      const comments = this.commentsAbove(statement.getFullStart());
      if (ts.isExportAssignment(statement)) {
        steps = this.migration(statement.expression);
        if (comments !== '') statements.push({ text: comments, names: [], module: null });
        continue;
      }
      const own = this.ownImport(statement);
      if (own === null) statements.push(this.statement(statement, comments));
      else {
        if (comments !== '' && statements.length === 0) top += `${top === '' ? '' : '\n'}${comments}`;
        else if (comments !== '') statements.push({ text: comments, names: [], module: null });
        if (own.rest !== null) statements.push(own.rest);
      }
    }
    if (steps === null) throw new UnreadableEdit('it has no "export default defineMigration(...)"', this.text);
    const end = this.commentsAbove(file.endOfFileToken.getFullStart());
    if (end !== '') statements.push({ text: end, names: [], module: null });
    return { ...steps, top, statements };
  }

  private migration(expression: ts.Expression): Pick<EditedFile, 'up' | 'down'> {
    const { ts } = this;
    const [source] = ts.isCallExpression(expression) ? expression.arguments : [];
    const isDefined =
      ts.isCallExpression(expression) &&
      ts.isIdentifier(expression.expression) &&
      expression.expression.text === 'defineMigration';
    if (!isDefined || source === undefined || !ts.isObjectLiteralExpression(source)) {
      throw new UnreadableEdit('its default export is no defineMigration({ ... })', expression.getText());
    }
    const found: { up?: readonly EditedStep[]; down?: readonly EditedStep[] } = {};
    for (const property of source.properties) {
      const name = property.name !== undefined && ts.isIdentifier(property.name) ? property.name.text : null;
      if (name === 'up' || name === 'down') found[name] = this.steps(property);
      else if (!this.isSnapshot(property, name)) {
        throw new UnreadableEdit('rebase does not know what this is for', property.getText());
      }
    }
    const { up, down } = found;
    if (up !== undefined && down !== undefined) return { up, down };
    throw new UnreadableEdit('it lacks "up" or "down"', source.getText());
  }

  private isSnapshot(property: ts.ObjectLiteralElementLike, name: string | null): boolean {
    if (!this.ts.isPropertyAssignment(property)) return false;
    const text = property.initializer.getText();
    return (name === 'before' || name === 'after') && (text === `${name}.snapshot` || text === 'EMPTY_SNAPSHOT');
  }

  private steps(property: ts.ObjectLiteralElementLike): EditedStep[] {
    const { ts } = this;
    const made = ts.isPropertyAssignment(property) ? property.initializer : property;
    const isFunction = ts.isArrowFunction(made) || ts.isFunctionExpression(made) || ts.isMethodDeclaration(made);
    const list = isFunction && made.body !== undefined ? this.listIn(made.body) : null;
    if (!isFunction || list === null) {
      throw new UnreadableEdit(
        'its steps are no plain list, as "up: (step) => [step.addField(...), ...]"',
        made.getText(),
      );
    }
    const [parameter] = made.parameters;
    if (parameter !== undefined && parameter.name.getText() !== 'step') {
      throw new UnreadableEdit('what makes the steps must be called "step"', made.getText());
    }
    const { elements } = list;
    return elements.map((element, i) => {
      const [from, to] = [element.getFullStart(), this.behindComma(element)];
      const comments = [
        ...(i === 0 ? this.comments(ts.getTrailingCommentRanges(this.text, from)) : []),
        ...this.comments(ts.getLeadingCommentRanges(this.text, from)),
        ...this.comments(ts.getTrailingCommentRanges(this.text, to)),
        ...(i === elements.length - 1 ? this.comments(ts.getLeadingCommentRanges(this.text, to)) : []),
      ];
      return this.step(element, comments.join('\n'));
    });
  }

  private listIn(body: ts.ConciseBody): ts.ArrayLiteralExpression | null {
    const { ts } = this;
    const inner = ts.isParenthesizedExpression(body) ? body.expression : body;
    if (ts.isArrayLiteralExpression(inner)) return inner;
    if (!ts.isBlock(inner)) return null;
    const [only, ...more] = inner.statements;
    if (only === undefined || more.length > 0 || !ts.isReturnStatement(only)) return null;
    return only.expression === undefined ? null : this.listIn(only.expression as ts.ConciseBody);
  }

  private step(node: ts.Expression, comments: string): EditedStep {
    const { ts } = this;
    const isStep =
      ts.isCallExpression(node) &&
      ts.isPropertyAccessExpression(node.expression) &&
      ts.isIdentifier(node.expression.expression) &&
      node.expression.expression.text === 'step';
    if (!isStep) throw new UnreadableEdit('this is no step of the list, as "step.addField(...)"', node.getText());
    const isVerbatim = this.holdsLongString(node);
    const hanging = (text: string): string => (isVerbatim ? text : unindented(text, this.marginOf(node)));
    return {
      comments,
      text: hanging(node.getText()),
      isVerbatim,
      renamed: (names) => {
        const spelled = node.arguments.slice(0, names.length);
        if (spelled.length < names.length || !spelled.every((argument) => this.isSpelledOut(argument))) return null;
        const args = names.map((name) =>
          typeof name === 'string' ? literal(name) : `[${name.map(literal).join(', ')}]`,
        );
        const from = spelled[0]!.getStart() - node.getStart();
        const to = spelled.at(-1)!.getEnd() - node.getStart();
        const whole = node.getText();
        return hanging(whole.slice(0, from) + args.join(', ') + whole.slice(to));
      },
    };
  }

  private isSpelledOut(node: ts.Expression): boolean {
    const { ts } = this;
    return ts.isArrayLiteralExpression(node)
      ? node.elements.every((element) => ts.isStringLiteralLike(element))
      : ts.isStringLiteralLike(node);
  }

  private holdsLongString(node: ts.Node): boolean {
    const { ts } = this;
    const isString = ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node);
    if (isString && node.getText().includes('\n')) return true;
    return ts.forEachChild(node, (child) => this.holdsLongString(child) || undefined) ?? false;
  }

  private marginOf(node: ts.Node): number {
    const line = this.text.lastIndexOf('\n', node.getStart()) + 1;
    return /^[ \t]*/.exec(this.text.slice(line))![0].length;
  }

  private statement(statement: ts.Statement, comments: string): EditedStatement {
    const { ts } = this;
    const behind = this.comments(ts.getTrailingCommentRanges(this.text, statement.getEnd())).join(' ');
    const text = `${comments === '' ? '' : `${comments}\n`}${statement.getText()}${behind === '' ? '' : ` ${behind}`}`;
    const from =
      ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement) ? statement.moduleSpecifier : undefined;
    const module = from !== undefined && ts.isStringLiteralLike(from) ? from.text : null;
    return { text, names: this.namesIn(statement), module };
  }

  /** Null for what is not of every migration; `rest` is what its author has imported besides. */
  private ownImport(statement: ts.Statement): { readonly rest: EditedStatement | null } | null {
    const { ts } = this;
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteralLike(statement.moduleSpecifier)) return null;
    const module = statement.moduleSpecifier.text;
    const bindings = statement.importClause?.namedBindings;
    if (bindings === undefined || statement.importClause?.name !== undefined) return null;
    if (ts.isNamespaceImport(bindings)) {
      const isOwn = /^\.\/snapshots\//.test(module) && ['before', 'after'].includes(bindings.name.text);
      return isOwn ? { rest: null } : null;
    }
    if (module !== MIGRATE_MODULE) return null;
    const more = bindings.elements.filter((element) => !OWN_IMPORTS.includes(element.getText().replace(/^type /, '')));
    if (more.length === 0) return { rest: null };
    const type = statement.importClause?.isTypeOnly === true ? 'type ' : '';
    const text = `import ${type}{ ${more.map((element) => element.getText()).join(', ')} } from ${literal(module)};`;
    return { rest: { text, names: more.map(({ name }) => name.text), module } };
  }

  /** The names that a statement puts into the module. */
  private namesIn(statement: ts.Statement): string[] {
    const { ts } = this;
    const inBinding = (name: ts.BindingName): string[] =>
      ts.isIdentifier(name)
        ? [name.text]
        : name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : inBinding(element.name)));
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.flatMap(({ name }) => inBinding(name));
    }
    if (ts.isImportDeclaration(statement)) {
      const { name, namedBindings } = statement.importClause ?? {};
      const inner =
        namedBindings === undefined
          ? []
          : ts.isNamespaceImport(namedBindings)
            ? [namedBindings.name.text]
            : namedBindings.elements.map((element) => element.name.text);
      return [...(name === undefined ? [] : [name.text]), ...inner];
    }
    const { name } = statement as ts.Statement & { readonly name?: ts.Node };
    return name !== undefined && ts.isIdentifier(name) ? [name.text] : [];
  }

  private behindComma(element: ts.Node): number {
    const end = element.getEnd();
    const comma = /^\s*,/.exec(this.text.slice(end));
    return comma === null ? end : end + comma[0].length;
  }

  private commentsAbove(position: number): string {
    return this.comments(this.ts.getLeadingCommentRanges(this.text, position)).join('\n');
  }

  private comments(ranges: readonly ts.CommentRange[] | undefined): string[] {
    return (ranges ?? []).map(({ pos, end }) => this.text.slice(pos, end)).filter((text) => !HEADER.test(text));
  }
}

/** Without the first `margin` blanks of each line after the first. */
function unindented(text: string, margin: number): string {
  return text
    .split('\n')
    .map((line, i) => (i === 0 ? line : line.slice(Math.min(margin, /^[ \t]*/.exec(line)![0].length))))
    .join('\n');
}

function shortened(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 77)}...` : line;
}
