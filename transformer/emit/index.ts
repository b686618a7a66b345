// From an analysis to the text of the generated modules: one per entity, and index.ts, which ties them to a database.
// Pure: the same analysis gives the same bytes.
import type { Analysis } from '../analyze/analysis.js';
import { emitFacade } from './facade.js';
import { type EmitOptions, fileNames } from './files.js';
import { emitModule } from './module.js';

export interface EmittedModule {
  /** Relative to `outDir`. */
  readonly fileName: string;
  readonly text: string;
}

/** The modules of all entities of the analysis. */
export function emitModules(analysis: Analysis, options: EmitOptions): readonly EmittedModule[] {
  const files = fileNames(analysis.schema.entities);
  const modules = analysis.schema.entities.map((entity) => emitModule(entity, analysis, files.get(entity)!, options));
  const index = { fileName: 'index.ts', text: emitFacade(analysis.schema, modules, options.importExtension) };
  return [...modules.map(({ fileName, text }) => ({ fileName, text })), index];
}
