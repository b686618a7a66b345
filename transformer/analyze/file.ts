// What one source file comes to. All of it is plain data and nodes of source files: it holds for as long as the file and what
// the file imports are as they were.
import type ts from 'typescript';
import type { Diagnostic } from '../diagnostics.js';
import type { MarkerSpan } from './analysis.js';
import { has, lineage } from './classes.js';
import type { Context } from './context.js';
import { definitionsIn } from './definitions.js';
import { reportDisguised } from './disguised.js';
import { EmbeddedReader, type SourceEmbedded } from './embedded.js';
import { readEntity, type SourceEntity } from './entity.js';
import { markersOf } from './marked.js';
import { markerSpans } from './spans.js';

export interface FileAnalysis {
  readonly markers: readonly MarkerSpan[];
  readonly entities: readonly SourceEntity[];
  /** The embedded classes of the file, and those of others that its classes are made of, by class name. */
  readonly embedded: ReadonlyMap<string, SourceEmbedded>;
  /** The entities and embedded classes of the file, and all that they extend. */
  readonly stored: ReadonlySet<ts.Node>;
  /** Classes of the file that bear markers and must be stored, or extended by what is; `at` is where it would be said. */
  readonly marked: readonly { readonly declaration: ts.ClassLikeDeclaration; readonly at: ts.Node }[];
  /** Also of other files: a base class is read with the class below it. */
  readonly diagnostics: readonly Diagnostic[];
}

/** @param context one of its own for each file */
export function analyzeFile(context: Context, file: ts.SourceFile): FileAnalysis {
  const markers = markerSpans(context, file);
  reportDisguised(context, file);
  const classes: ts.ClassLikeDeclaration[] = [];
  if (markers.length > 0) {
    definitionsIn(context, file);
    collectClasses(context, file, classes);
  }
  const embedded = new EmbeddedReader(context);
  const entities = classes.filter((declaration) => isMarked(context, declaration, 'QuantaEntity'));
  const read = entities.flatMap((declaration) => readEntity(context, embedded, declaration) ?? []);
  const stored = new Set<ts.Node>();
  for (const declaration of classes) {
    const isEmbedded = isMarked(context, declaration, 'Embedded');
    // One that no entity uses is checked all the same.
    if (isEmbedded) embedded.read(declaration, declaration.name ?? declaration);
    if (!isEmbedded && !entities.includes(declaration)) continue;
    for (const level of lineage(context, declaration)) stored.add(level.declaration);
  }
  const marked = classes.flatMap((declaration) => {
    const [first] = [declaration, ...declaration.members].flatMap((node) => markersOf(context, node));
    const isAbstract = has(context, declaration, context.ts.SyntaxKind.AbstractKeyword);
    return first === undefined || isAbstract ? [] : [{ declaration, at: declaration.name ?? first.node }];
  });
  return { markers, entities: read, embedded: embedded.found, stored, marked, diagnostics: context.diagnostics() };
}

/** Every class of the file, also those in places where no entity may stand. */
function collectClasses(context: Context, node: ts.Node, classes: ts.ClassLikeDeclaration[]): void {
  context.ts.forEachChild(node, (child) => {
    if (context.ts.isClassLike(child)) classes.push(child);
    collectClasses(context, child, classes);
  });
}

function isMarked(context: Context, declaration: ts.ClassLikeDeclaration, name: 'QuantaEntity' | 'Embedded'): boolean {
  return markersOf(context, declaration).some((marker) => marker.name === name);
}
