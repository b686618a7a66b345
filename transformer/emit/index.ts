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

/** Emits the modules of one analysis after the other, of each only those that are not as they were. */
export class ModuleEmitter {
  /** Modules of the last analysis by entity, each with all that its text depends on. */
  private last: ReadonlyMap<string, { readonly of: string; readonly module: EntityModule }> = new Map();
  private index: { readonly of: string; readonly text: string } | undefined;

  constructor(private readonly options: EmitOptions) {}

  emit(analysis: Analysis): readonly EmittedModule[] {
    const { schema } = analysis;
    const files = fileNames(schema.entities);
    const emitted = new Map(
      schema.entities.map((entity) => {
        const fileName = files.get(entity)!;
        const of = JSON.stringify([fileName, entity, sourcesOf(entity, analysis)]);
        const known = this.last.get(entity.name);
        const module = known?.of === of ? known.module : emitModule(entity, analysis, fileName, this.options);
        return [entity.name, { of, module }] as const;
      }),
    );
    this.last = emitted;
    const modules = [...emitted.values()].map(({ module }) => module);
    const of = [...emitted.values()].map((one) => one.of).join('\n');
    if (this.index?.of !== of) {
      this.index = { of, text: emitFacade(schema, modules, this.options.importExtension) };
    }
    return [
      ...modules.map(({ fileName, text }) => ({ fileName, text })),
      { fileName: 'index.ts', text: this.index.text },
    ];
  }
}

/** The classes that the entity's module imports. */
function sourcesOf(entity: EntityModel, { sources, embeddedSources }: Analysis): unknown[] {
  return [sources.get(entity.name), ...embeddedClasses(entity).map((name) => embeddedSources.get(name))];
}
