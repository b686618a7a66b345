// Everything in an entity's module that is about its data: types, codec, keys, indexes and the validator, as one section of
// source text. The rest of the module (imports, DAO) is module.ts's.
import type { EntityModel } from '../../runtime/schema/model.js';
import type { ModuleScope } from './names.js';

/** The identifiers that a module gives to the user's classes and to what it exports; all of them declared in its scope. */
export interface EntityNames {
  /** Local identifier of the imported entity class (a value import: its prototype is used). */
  readonly row: string;
  /** Exported key type, as `UserKey`. */
  readonly key: string;
  /** Exported input interface, as `UserInput`. */
  readonly input: string;
  /** Exported runtime constant, as `userEntity`. */
  readonly entity: string;
  /** Local identifier of each embedded class that the entity uses (see `embeddedClasses`), by its class name; value imports. */
  readonly embedded: ReadonlyMap<string, string>;
}

/**
 * The section that exports the key type, the input interface and the {@link EntityRuntime} constant. Runtime names are
 * taken through `scope`, so print `scope.importStatement('quantadb/runtime')` afterwards.
 */
export function emitEntityData(
  entity: EntityModel,
  fingerprint: string,
  names: EntityNames,
  scope: ModuleScope,
): string {
  throw new Error(`emitEntityData(${entity.name}, ${fingerprint}, ${names.row}, ${typeof scope}) is being written`);
}

/** Names of the embedded classes that stand anywhere inside the entity, sorted. */
export function embeddedClasses(entity: EntityModel): readonly string[] {
  const found = new Set<string>();
  const visit = (type: EntityModel['fields'][number]['type']): void => {
    if (type.kind === 'array') visit(type.element.type);
    else if (type.kind === 'record') visit(type.value.type);
    else if (type.kind === 'embedded') {
      found.add(type.className);
      for (const field of type.fields) visit(field.type);
    }
  };
  for (const field of entity.fields) visit(field.type);
  return [...found].sort();
}
