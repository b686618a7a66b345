// The text of an expression on one line. Captured expressions are evaluated in a copy that stands behind the predicate; a copy of
// several lines would move every line behind it, and runtimes that strip types, Node among them, know of no source map.
import type ts from 'typescript';

type Compiler = typeof ts;

const LINE_END = /\r\n|[\n\r\u2028\u2029]/;

/** What `node` is written as, without comments and line ends between its tokens; as it is where a line end is part of a token. */
export function oneLine(ts: Compiler, node: ts.Expression): string {
  const file = node.getSourceFile();
  const text = node.getText(file);
  if (!LINE_END.test(text)) return text;
  const tokens: ts.Node[] = [];
  /** Ends of statements and members, which may have gone without a semicolon as long as a line ended there. */
  const ends = new Set<number>();
  const visit = (at: ts.Node): void => {
    if (ts.isJSDoc(at)) return;
    const children = at.getChildren(file);
    if (children.length === 0 && at.end > at.getStart(file)) tokens.push(at);
    if (mayLackSemicolon(ts, at)) ends.add(at.end);
    children.forEach(visit);
  };
  visit(node);
  let written = '';
  let end = node.getStart(file);
  for (const token of tokens) {
    const between = file.text.slice(end, token.getStart(file));
    const isEnd = ends.has(end) && !/[;,]$/.test(written);
    written += (isEnd ? ';' : '') + (LINE_END.test(between) ? ' ' : between) + tokenText(ts, token, file);
    end = token.end;
  }
  return LINE_END.test(written) ? text : written;
}

/** A line end inside a template is written as an escape, unless a tag would tell it from one. */
function tokenText(ts: Compiler, token: ts.Node, file: ts.SourceFile): string {
  const text = token.getText(file);
  if (!ts.isTemplateLiteralToken(token)) return text;
  const template = ts.isNoSubstitutionTemplateLiteral(token) ? token : ts.findAncestor(token, ts.isTemplateExpression);
  const isTagged = template !== undefined && ts.isTaggedTemplateExpression(template.parent);
  if (isTagged) return text;
  return text.replace(/\\(?:\r\n|[\s\S])|\r\n|[\n\r]/g, (found) => {
    if (!found.startsWith('\\')) return '\\n';
    return LINE_END.test(found) ? '' : found;
  });
}

function mayLackSemicolon(ts: Compiler, node: ts.Node): boolean {
  return (
    ts.isVariableStatement(node) ||
    ts.isExpressionStatement(node) ||
    ts.isReturnStatement(node) ||
    ts.isThrowStatement(node) ||
    ts.isBreakOrContinueStatement(node) ||
    ts.isDoStatement(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isTypeElement(node)
  );
}
