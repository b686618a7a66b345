// Everything in an entity's module that is about its data: types, codec, keys, indexes and the validator, as one section of
// source text. The rest of the module (imports, DAO) is module.ts's.
import type { EntityModel, JsonValue } from '../../runtime/schema/model.js';
import { emitDecode, emitEncode } from './codec.js';
import { emitCheck, emitCreate } from './create.js';
import { EntityEmitter, type EntityNames } from './entity.js';
import { emitIndexCodecs } from './indexes.js';
import { prettyJson } from './json.js';
import { emitKeyCodec } from './keys.js';
import { commentText, literal, type ModuleScope, member, objectKey } from './names.js';
import { Printer } from './printer.js';
import { emitInputType, emitKeyType } from './types.js';

export type { EntityNames } from './entity.js';

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
  const emitter = new EntityEmitter(entity, names, scope);
  const sections: string[] = [];
  const section = <T>(print: (out: Printer) => T): T => {
    const out = new Printer();
    const result = print(out);
    const text = out.toString();
    sections.push(...emitter.takeHelpers(), text);
    return result;
  };
  section((out) => emitKeyType(emitter, out));
  section((out) => emitInputType(emitter, out));
  const encode = section((out) => emitEncode(emitter, out));
  const decode = section((out) => emitDecode(emitter, out));
  const key = section((out) => emitKeyCodec(emitter, out));
  const indexes = section((out) => emitIndexCodecs(emitter, out));
  const check = section((out) => emitCheck(emitter, out));
  const create = section((out) => emitCreate(emitter, check, out));
  section((out) => {
    const type = `${emitter.type('EntityRuntime')}<${names.row}, ${names.key}, ${names.input}>`;
    out.line(`/** All that the database needs to know of ${commentText(entity.name)}. */`);
    out.block(
      `export const ${names.entity}: ${type} = {`,
      () => {
        out.text(`model: ${prettyJson(entity as unknown as JsonValue, 4)},`);
        out.line(`fingerprint: ${literal(fingerprint)},`);
        out.line(`row: { encode: ${encode}, decode: ${decode} },`);
        out.line(`key: ${key},`);
        out.line(`indexes: ${indexes},`);
        out.line(`keyOf: (row) => ${keyOf(emitter)},`);
        out.line(`create: ${create},`);
        out.line(`check: ${check},`);
      },
      '};',
    );
  });
  return sections.join('\n');
}

function keyOf({ entity }: EntityEmitter): string {
  const [first, ...rest] = entity.key.fields;
  if (rest.length === 0) return member('row', first!);
  return `({ ${entity.key.fields.map((name) => `${objectKey(name)}: ${member('row', name)}`).join(', ')} })`;
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
