// Decorators that are markers and can't be read as such: `const unique = Index({ unique: true })`, then `@unique email`. The
// schema would lack the index, and the decorator would stay in what is emitted.
import type ts from 'typescript';
import type { Context } from './context.js';
import { disguisedMarker } from './findings.js';
import { isMarkerType, markerOf } from './markers.js';

/** Reports them in the classes at the top level of a file, where entities stand. */
export function reportDisguised(context: Context, file: ts.SourceFile): void {
  const { ts, checker } = context;
  for (const statement of file.statements) {
    if (!ts.isClassDeclaration(statement)) continue;
    for (const node of [statement, ...statement.members]) {
      const decorators = ts.canHaveDecorators(node) ? (ts.getDecorators(node) ?? []) : [];
      for (const decorator of decorators) {
        if (markerOf(context, decorator) !== undefined) continue;
        if (isMarkerType(checker.getTypeAtLocation(decorator.expression))) {
          context.report(decorator, disguisedMarker(decorator.expression.getText(file)));
        }
      }
    }
  }
}
