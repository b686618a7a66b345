// From what each file comes to, what the program comes to: names must not clash, and no class with markers may be forgotten.
import type { EntityModel, FieldType } from '../../runtime/schema/model.js';
import type { Analysis, ClassSource } from './analysis.js';
import { type Context, compare } from './context.js';
import type { SourceEmbedded } from './embedded.js';
import type { SourceEntity } from './entity.js';
import type { FileAnalysis } from './file.js';
import * as findings from './findings.js';

/** @param files in the order of their names */
export function joinFiles(context: Context, files: readonly FileAnalysis[]): Analysis {
  for (const { diagnostics } of files) context.include(diagnostics);
  const embedded = new Map<string, SourceEmbedded>();
  const unclear = new Set<SourceEntity>();
  for (const file of files) {
    const rivals = claimEmbedded(context, file, embedded);
    if (rivals.size === 0) continue;
    for (const entity of file.entities) if (isMadeOf(entity.model.fields, rivals)) unclear.add(entity);
  }
  const read = files.flatMap(({ entities }) => entities).filter((entity) => !unclear.has(entity));
  const kept = withoutClashes(context, read).sort((a, b) => compare(a.model.name, b.model.name));
  reportForgotten(context, files);
  return {
    schema: { entities: kept.map(({ model }) => model) },
    sources: new Map(kept.map(({ model, source }): [string, ClassSource] => [model.name, source])),
    retained: new Map(
      kept.flatMap(({ model, retainWhile }) => (retainWhile === undefined ? [] : [[model.name, retainWhile] as const])),
    ),
    embeddedSources: new Map([...embedded].map(([name, { source }]) => [name, source])),
    diagnostics: context.diagnostics(),
    markers: files.flatMap(({ markers }) => markers),
  };
}

/** Takes the names of the file's embedded classes, and answers those that a class in another file has already. */
function claimEmbedded(
  context: Context,
  { embedded }: FileAnalysis,
  taken: Map<string, SourceEmbedded>,
): ReadonlySet<string> {
  const rivals = new Set<string>();
  for (const [name, one] of embedded) {
    const owner = claim(taken, name, one);
    if (owner === undefined || owner.source.fileName === one.source.fileName) continue;
    context.report(one.nameNode, findings.duplicateClass(name, context.relative(owner.source.fileName)));
    rivals.add(name);
  }
  return rivals;
}

function isMadeOf(fields: EntityModel['fields'], classNames: ReadonlySet<string>): boolean {
  const isRival = (type: FieldType): boolean => {
    if (type.kind === 'array') return isRival(type.element.type);
    if (type.kind === 'record') return isRival(type.value.type);
    return type.kind === 'embedded' && (classNames.has(type.className) || isMadeOf(type.fields, classNames));
  };
  return fields.some(({ type }) => isRival(type));
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

/** Takes a name for its first owner, or answers which one has it. */
function claim<T>(taken: Map<string, T>, name: string, one: T): T | undefined {
  const owner = taken.get(name);
  if (owner === undefined) taken.set(name, one);
  return owner;
}

/** Markers in a class that is neither stored nor a base of what is are suspicious. */
function reportForgotten(context: Context, files: readonly FileAnalysis[]): void {
  const stored = new Set(files.flatMap((file) => [...file.stored]));
  for (const { declaration, at } of files.flatMap(({ marked }) => marked)) {
    if (stored.has(declaration)) continue;
    context.report(at, findings.forgottenEntity(declaration.name?.text ?? 'this class'));
  }
}
