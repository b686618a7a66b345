// Reads the primary key and the indexes of an entity out of the markers on its fields.
import type ts from 'typescript';
import type { FieldType, IndexModel, PrimaryKeyModel } from '../../runtime/schema/model.js';
import { isBigintKind, isNumberKind } from '../../runtime/schema/numbers.js';
import { type Member, only } from './classes.js';
import { type Context, compare } from './context.js';
import type { ClassFields, SourceField } from './fields.js';
import * as findings from './findings.js';
import type { Marker } from './markers.js';
import { indexName } from './names.js';
import { indexOptions, type Located, type PrimaryKeyOptions, primaryKeyOptions } from './options.js';

/** Types without an order of their own, as a finding calls them. */
const UNORDERED: Readonly<Record<string, string>> = {
  record: 'a record',
  unknown: 'of unknown type',
  embedded: 'an embedded class',
};

/** One entity, as far as it has been read. */
export interface EntityFields extends ClassFields {
  readonly name: string;
  readonly declaration: ts.ClassLikeDeclaration;
}

/** The primary key; undefined when there is none that works, which has been reported. */
export function readPrimaryKey(context: Context, entity: EntityFields): PrimaryKeyModel | undefined {
  const [first, ...others] = entity.fields.filter(({ member }) => isKey(member));
  if (!first) {
    if (entity.failed.some(isKey)) return undefined;
    return context.report(entity.declaration.name ?? entity.declaration, findings.noPrimaryKey(entity.name));
  }
  for (const other of others) {
    const marker = only(context, other.member.markers, 'PrimaryKey');
    if (marker) context.report(marker.node, findings.secondPrimaryKey(first.field.name));
  }
  const marker = only(context, first.member.markers, 'PrimaryKey');
  if (!marker) return undefined;
  const options = primaryKeyOptions(context, marker);
  const columns = readColumns(context, entity, first, options.composite);
  for (const column of columns) checkKeyColumn(context, column);
  checkGenerated(context, first, options);
  return {
    fields: columns.map(({ field }) => field.name),
    autoIncrement: options.autoIncrement !== undefined,
    generate: options.generate?.value ?? null,
  };
}

function isKey(member: Member): boolean {
  return member.markers.some((marker) => marker.name === 'PrimaryKey');
}

/** All indexes, sorted by name. */
export function readIndexes(context: Context, entity: EntityFields): IndexModel[] {
  const indexes = new Map<string, IndexModel>();
  for (const source of entity.fields) {
    for (const marker of source.member.markers) {
      if (marker.name !== 'Index') continue;
      const index = readIndex(context, entity, source, marker);
      if (!index) continue;
      if (indexes.has(index.name)) context.report(marker.node, findings.duplicateIndex(index.name));
      else indexes.set(index.name, index);
    }
  }
  return [...indexes.values()].sort((a, b) => compare(a.name, b.name));
}

/** Undefined when a column can't be found, which has been reported. */
function readIndex(
  context: Context,
  entity: EntityFields,
  source: SourceField,
  marker: Marker,
): IndexModel | undefined {
  const options = indexOptions(context, marker);
  const columns = readColumns(context, entity, source, options.composite);
  for (const column of columns) {
    const written = options.composite.find(({ value }) => value === column.field.name);
    checkColumn(context, column, column !== source, written?.node ?? marker.node);
  }
  const caseInsensitive = options.caseInsensitive !== undefined;
  if (options.caseInsensitive && !columns.some(({ field }) => elementOf(field.type).kind === 'string')) {
    context.report(options.caseInsensitive.node, findings.caseInsensitiveType());
  }
  if (columns.length <= options.composite.length) return undefined;
  const storedNames = columns.map(({ field }) => field.storedName);
  return {
    name: indexName(storedNames, caseInsensitive),
    fields: columns.map(({ field }) => field.name),
    unique: options.unique,
    caseInsensitive,
    multiEntry: source.field.type.kind === 'array',
  };
}

/** The marked field and those that `composite` names. */
function readColumns(
  context: Context,
  entity: EntityFields,
  first: SourceField,
  composite: readonly Located<string>[],
): SourceField[] {
  const columns = [first];
  for (const { value, node } of composite) {
    // Of a field that can't be stored nothing more needs to be said.
    if (entity.failed.some((member) => member.name === value)) continue;
    const column = entity.fields.find(({ field }) => field.name === value);
    if (!column) context.report(node, findings.noSuchField(value, entity.name));
    else if (columns.includes(column)) context.report(node, findings.repeatedColumn(value));
    else columns.push(column);
  }
  return columns;
}

function checkKeyColumn(context: Context, { field, member }: SourceField): void {
  const { kind } = field.type;
  const typeNode = member.node.type ?? member.node.name;
  if (field.optional || field.nullable) context.report(member.node.name, findings.optionalKey(field.name));
  if (kind !== 'string' && !isNumberKind(kind) && !isBigintKind(kind)) {
    context.report(typeNode, findings.keyType(field.name));
  }
  const encrypted = only(context, member.markers, 'Encrypted');
  if (encrypted) context.report(encrypted.node, findings.encryptedKey(field.name));
  if (field.default) {
    const marker = only(context, member.markers, 'Default');
    context.report(marker?.node ?? member.node.initializer ?? member.node, findings.keyDefault(field.name));
  }
}

function checkGenerated(context: Context, { field }: SourceField, options: PrimaryKeyOptions): void {
  const { autoIncrement, generate } = options;
  const { kind } = field.type;
  const counts = kind !== 'float32' && (isNumberKind(kind) || isBigintKind(kind));
  if (autoIncrement && !counts) context.report(autoIncrement.node, findings.autoIncrementType(field.name));
  if (generate && kind !== 'string') context.report(generate.node, findings.generateType(field.name));
  if (options.composite.length === 0) return;
  if (autoIncrement) context.report(autoIncrement.node, findings.generatedComposite('autoIncrement'));
  if (generate) context.report(generate.node, findings.generatedComposite('generate'));
}

function checkColumn(context: Context, { field, member }: SourceField, further: boolean, at: ts.Node): void {
  const { type, name } = field;
  if (type.kind === 'array' && further) {
    context.report(at, findings.arrayColumn(name));
    return;
  }
  const element = elementOf(type);
  const what = element.kind === 'array' ? 'an array of arrays' : UNORDERED[element.kind];
  if (what !== undefined) context.report(at, findings.indexType(name, what));
  if (member.markers.some((marker) => marker.name === 'Encrypted')) {
    context.report(at, findings.encryptedIndex(name));
  }
}

/** What an index over the type compares: the elements of an array. */
function elementOf(type: FieldType): FieldType {
  return type.kind === 'array' ? type.element.type : type;
}
