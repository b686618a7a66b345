// Reads one class marked `@QuantaEntity()` into an entity of the schema.
import type ts from 'typescript';
import type { EntityModel } from '../../runtime/schema/model.js';
import type { ClassSource } from './analysis.js';
import { has, only } from './classes.js';
import type { Context } from './context.js';
import type { EmbeddedReader } from './embedded.js';
import { sourceOf } from './exports.js';
import { readFields } from './fields.js';
import * as findings from './findings.js';
import { readIndexes, readPrimaryKey } from './keys.js';
import { markersOf } from './marked.js';
import { accessorOf, isEntityName, isIdentifier, RESERVED_ACCESSORS } from './names.js';
import { type EntityOptions, entityOptions, type Located, nameArgument } from './options.js';
import { readTtl } from './ttl.js';

/** An entity, and where the names are written that must differ from those of other entities. */
export interface SourceEntity {
  readonly model: EntityModel;
  readonly source: ClassSource;
  /** As in {@link Analysis.retained}. */
  readonly retainWhile: ts.Expression | undefined;
  readonly nameNode: ts.Node;
  readonly storedNameNode: ts.Node;
  readonly accessorNode: ts.Node;
}

/** Undefined when the class can't be stored as it is; that has been reported. */
export function readEntity(
  context: Context,
  embedded: EmbeddedReader,
  declaration: ts.ClassLikeDeclaration,
): SourceEntity | undefined {
  const errors = context.errors;
  const source = sourceOf(context, declaration);
  const nameNode = declaration.name;
  if (!source || !nameNode) return undefined;
  const markers = markersOf(context, declaration);
  if (markers.some((marker) => marker.name === 'Embedded')) {
    context.report(nameNode, findings.entityAndEmbedded(source.className));
  }
  if (has(context, declaration, context.ts.SyntaxKind.AbstractKeyword)) {
    context.report(nameNode, findings.abstractEntity(source.className));
  }

  const entity = {
    name: source.className,
    declaration,
    ...readFields(context, embedded.types, declaration),
  };
  const key = readPrimaryKey(context, entity);
  const indexes = readIndexes(context, entity);

  const marker = only(context, markers, 'QuantaEntity');
  const options = marker && entityOptions(context, marker);
  const ttl = options && readTtl(context, entity, options);
  const accessor = readAccessor(context, declaration, source.className, options);
  const storedName = readStoredName(context, declaration, source.className);
  if (!key || context.errors > errors) return undefined;
  const model: EntityModel = {
    name: source.className,
    storedName: storedName.value,
    accessor: accessor.value,
    key,
    fields: entity.fields.map(({ field }) => field),
    indexes,
    ...(ttl ? { ttl } : {}),
  };
  const { retainWhile } = options ?? {};
  return {
    model,
    source,
    retainWhile,
    nameNode,
    storedNameNode: storedName.node,
    accessorNode: accessor.node,
  };
}

function readAccessor(
  context: Context,
  declaration: ts.ClassLikeDeclaration,
  className: string,
  options: EntityOptions | undefined,
): Located<string> {
  const accessor = options?.accessor ?? { value: accessorOf(className), node: declaration.name ?? declaration };
  if (!isIdentifier(accessor.value)) context.report(accessor.node, findings.accessorName(accessor.value));
  else if (RESERVED_ACCESSORS.has(accessor.value)) {
    context.report(accessor.node, findings.reservedAccessor(accessor.value));
  }
  return accessor;
}

function readStoredName(context: Context, declaration: ts.ClassLikeDeclaration, className: string): Located<string> {
  const marker = only(context, markersOf(context, declaration), 'Name');
  const written = marker && nameArgument(context, marker);
  if (!written) return { value: className, node: declaration.name ?? declaration };
  if (!isEntityName(written.value)) context.report(written.node, findings.storedName(written.value));
  return written;
}
