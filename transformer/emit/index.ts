// From an analysis to the text of the generated modules: one per entity, and index.ts, which ties them to a database.
// Pure: the same analysis gives the same bytes.
import type { EntityModel } from '../../runtime/schema/model.js';
import type { Analysis } from '../analyze/analysis.js';
import { embeddedClasses } from './data.js';
import { emitFacade } from './facade.js';
import { type EmitOptions, fileNames } from './files.js';
import { type EntityModule, emitModule } from './module.js';

export interface EmittedModule {
  /** Relative to `outDir`. */
  readonly fileName: string;
  readonly text: string;
}

/** The modules of all entities of the analysis. */
export function emitModules(analysis: Analysis, options: EmitOptions): readonly EmittedModule[] {
  return new ModuleEmitter(options).emit(analysis);
}

/** A module, and all that its text depends on. */
interface Emitted {
  readonly entity: EntityModel;
  readonly places: string;
  readonly module: EntityModule;
}

/** Emits the modules of one analysis after the other, of each only those that are not as they were. */
export class ModuleEmitter {
  private last: ReadonlyMap<string, Emitted> = new Map();
  private index: { readonly of: readonly EntityModule[]; readonly text: string } | undefined;

  constructor(private readonly options: EmitOptions) {}

  emit(analysis: Analysis): readonly EmittedModule[] {
    const { schema } = analysis;
    const files = fileNames(schema.entities);
    const emitted = new Map(
      schema.entities.map((entity): [string, Emitted] => {
        const fileName = files.get(entity)!;
        const places = JSON.stringify([fileName, sourcesOf(entity, analysis)]);
        const known = this.last.get(entity.name);
        const isKnown = known?.places === places && areEqual(known.entity, entity);
        const module = isKnown ? known.module : emitModule(entity, analysis, fileName, this.options);
        return [entity.name, { entity, places, module }];
      }),
    );
    this.last = emitted;
    const modules = [...emitted.values()].map(({ module }) => module);
    const { index } = this;
    const isSame = index?.of.length === modules.length && modules.every((module, i) => module === index.of[i]);
    const { text } = isSame ? index : { text: emitFacade(schema, modules, this.options.importExtension) };
    this.index = { of: modules, text };
    return [...modules.map(({ fileName, text }) => ({ fileName, text })), { fileName: 'index.ts', text }];
  }
}

/** An entity that was not read again is the same object. */
function areEqual(a: EntityModel, b: EntityModel): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** The classes that the entity's module imports. */
function sourcesOf(entity: EntityModel, { sources, embeddedSources }: Analysis): unknown[] {
  return [sources.get(entity.name), ...embeddedClasses(entity).map((name) => embeddedSources.get(name))];
}
