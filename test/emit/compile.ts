// Emits an entity's module, transpiles it in memory and runs it against the sources of the runtime.
import { compileFunction } from 'node:vm';
import ts from 'typescript';
import type { EntityRuntime } from '../../runtime/codec/codec.js';
import * as runtime from '../../runtime/codec/index.js';
import type { EntityModel } from '../../runtime/schema/model.js';
import { type EntityNames, embeddedClasses, emitEntityData } from '../../transformer/emit/data.js';
import { lowerFirst, ModuleScope } from '../../transformer/emit/names.js';

export type Row = Record<string, unknown>;
export type Runtime = EntityRuntime<Row, unknown, Row>;

/** The whole text of a module with the entity's data section; the user's classes come from './models.js'. */
export function moduleText(entity: EntityModel, runtimePath = 'quantadb/runtime', models = './models.js'): string {
  const scope = new ModuleScope();
  const row = scope.declare(entity.name);
  const embedded = new Map(embeddedClasses(entity).map((name) => [name, scope.declare(name)]));
  const names: EntityNames = {
    row,
    key: scope.declare(`${row}Key`),
    input: scope.declare(`${row}Input`),
    entity: scope.declare(`${lowerFirst(row)}Entity`),
    embedded,
  };
  const data = emitEntityData(entity, '0123456789abcdef', names, scope);
  const classes = [[entity.name, row] as const, ...embedded];
  const specifiers = classes.map(([name, local]) => (name === local ? name : `${name} as ${local}`));
  return `${scope.importStatement(runtimePath)}\nimport { ${specifiers.join(', ')} } from '${models}';\n\n${data}`;
}

/** Source of the user's classes that an entity is made of, as a test needs them. */
export function makeClasses(entity: EntityModel): Record<string, new () => object> {
  const names = [entity.name, ...embeddedClasses(entity)];
  return Object.fromEntries(names.map((name) => [name, { [name]: class {} }[name]!]));
}

/** The entity's runtime constant, with the classes whose instances its rows are. */
export function compile(entity: EntityModel): {
  runtime: Runtime;
  classes: Record<string, new () => object>;
  text: string;
} {
  const text = moduleText(entity);
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 },
  });
  const classes = makeClasses(entity);
  const exported: Record<string, unknown> = {};
  const load = (path: string): unknown => (path === 'quantadb/runtime' ? runtime : classes);
  (compileFunction(outputText, ['require', 'exports']) as (...given: unknown[]) => void)(load, exported);
  const found = Object.entries(exported).find(([name]) => name.endsWith('Entity'))!;
  return { runtime: found[1] as Runtime, classes, text };
}
