// The face of analysis: decorated classes in, schema, diagnostics and marker spans out.
import type ts from 'typescript';
import type { EntityModel } from '../../runtime/schema/model.js';
import type { Analysis, AnalyzeOptions, ClassSource, MarkerSpan } from './analysis.js';
import { has, lineage } from './classes.js';
import { Context, compare } from './context.js';
import { definitionsIn } from './definitions.js';
import { reportDisguised } from './disguised.js';
import { EmbeddedReader } from './embedded.js';
import { readEntity, type SourceEntity } from './entity.js';
import * as findings from './findings.js';
import { markersOf } from './marked.js';
import { markerSpans } from './spans.js';

export type { Analysis, AnalyzeOptions, ClassSource, MarkerSpan } from './analysis.js';
export { isMarkerExport } from './markers.js';

/**
 * Reads every class that is marked `@QuantaEntity()` in the program. Nothing is thrown for what the user wrote: it comes
 * back as diagnostics, and an entity with errors is left out of the schema.
 * @param api the compiler that made `program`, 5.9 or newer
 * @example
 * ```ts
 * const { schema, diagnostics } = analyzeProgram(ts, ts.createProgram(['src/models/user.ts'], options));
 * ```
 */
export function analyzeProgram(api: typeof ts, program: ts.Program, options: AnalyzeOptions = {}): Analysis {
  const context = new Context(api, program);
  const embedded = new EmbeddedReader(context);
  const files = program
    .getSourceFiles()
    .filter((file) => !file.isDeclarationFile && !program.isSourceFileFromExternalLibrary(file))
    .filter((file) => options.include?.(file.fileName) ?? true)
    .sort((a, b) => compare(a.fileName, b.fileName));

  const classes: ts.ClassLikeDeclaration[] = [];
  const markers: MarkerSpan[] = [];
  for (const file of files) {
    const spans = markerSpans(context, file);
    markers.push(...spans);
    reportDisguised(context, file);
    if (spans.length === 0) continue;
    definitionsIn(context, file);
    collectClasses(context, file, classes);
  }

  const entities = classes.filter((declaration) => isMarked(context, declaration, 'QuantaEntity'));
  const read = entities.flatMap((declaration) => readEntity(context, embedded, declaration) ?? []);
  const kept = withoutClashes(context, read).sort((a, b) => compare(a.model.name, b.model.name));
  readTheRest(context, embedded, classes, entities);
  return {
    schema: { entities: kept.map(({ model }) => model) },
    sources: new Map(kept.map(({ model, source }): [string, ClassSource] => [model.name, source])),
    retained: new Map(
      kept.flatMap(({ model, retainWhile }) => (retainWhile === undefined ? [] : [[model.name, retainWhile] as const])),
    ),
    embeddedSources: embedded.sources,
    diagnostics: context.diagnostics(),
    markers,
  };
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

/** Of entities that share a name, an accessor or a place on disk, the first one stays and the others are reported. */
function withoutClashes(context: Context, entities: readonly SourceEntity[]): SourceEntity[] {
  const names = new Map<string, SourceEntity>();
  const trees = new Map<string, SourceEntity>();
  const accessors = new Map<string, SourceEntity>();
  return entities.filter((entity) => {
    const { model } = entity;
    const errors = context.errors;
    const sameName = claim(names, model.name, entity);
    if (sameName) {
      context.report(entity.nameNode, findings.duplicateClass(model.name, context.relative(sameName.source.fileName)));
      return false;
    }
    const sameTree = treesOf(model)
      .map((tree) => claim(trees, tree, entity))
      .find((owner) => owner !== undefined);
    if (sameTree) {
      context.report(entity.storedNameNode, findings.duplicateEntity(model.storedName, sameTree.model.name));
    }
    const sameAccessor = claim(accessors, model.accessor, entity);
    if (sameAccessor) {
      context.report(entity.accessorNode, findings.duplicateAccessor(model.accessor, sameAccessor.model.name));
    }
    return context.errors === errors;
  });
}

/** The names of the trees on disk that belong to an entity. */
function treesOf({ storedName, indexes }: EntityModel): string[] {
  return [storedName, ...indexes.map(({ name }) => `${storedName}/${name}`)];
}

/** Takes a name for an entity, or answers which one has it. */
function claim(taken: Map<string, SourceEntity>, name: string, entity: SourceEntity): SourceEntity | undefined {
  const owner = taken.get(name);
  if (!owner) taken.set(name, entity);
  return owner;
}

/** Embedded classes that no entity uses are checked all the same; markers in a class that is neither are suspicious. */
function readTheRest(
  context: Context,
  embedded: EmbeddedReader,
  classes: readonly ts.ClassLikeDeclaration[],
  entities: readonly ts.ClassLikeDeclaration[],
): void {
  const bases = new Set<ts.Node>();
  for (const declaration of classes) {
    const isEmbedded = isMarked(context, declaration, 'Embedded');
    if (isEmbedded) embedded.read(declaration, declaration.name ?? declaration);
    if (!isEmbedded && !entities.includes(declaration)) continue;
    for (const level of lineage(context, declaration)) bases.add(level.declaration);
  }
  for (const declaration of classes) {
    const markers = [declaration, ...declaration.members].flatMap((node) => markersOf(context, node));
    const at = declaration.name ?? markers[0]?.node;
    const isAbstract = has(context, declaration, context.ts.SyntaxKind.AbstractKeyword);
    if (markers.length === 0 || isAbstract || bases.has(declaration)) continue;
    if (at) context.report(at, findings.forgottenEntity(declaration.name?.text ?? 'this class'));
  }
}
