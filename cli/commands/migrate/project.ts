// What every migrate command starts from: the project, its migrations, and its classes.
import { MigrationError } from '../../../runtime/errors.js';
import * as migrateModule from '../../../runtime/migrate/index.js';
import type { EntityModel } from '../../../runtime/schema/model.js';
import { type Compiler, resolveCompiler } from '../../../transformer/hosts/compiler.js';
import { loadProject, type Project } from '../../../transformer/hosts/config-file.js';
import { Generator } from '../../../transformer/hosts/generate.js';
import { MigrationFolder } from '../../../transformer/migrate/folder.js';
import { MigrationLoader } from '../../../transformer/migrate/load.js';
import type { CommandContext } from '../../context.js';
import { showDiagnostics } from '../../diagnostics.js';

export interface MigrationProject {
  readonly ts: Compiler;
  readonly project: Project;
  readonly folder: MigrationFolder;
  readonly loader: MigrationLoader;
}

/** @throws ConfigError, and MigrationError when the lock is damaged */
export function openProject({ directory }: CommandContext): MigrationProject {
  const project = loadProject(directory);
  const { ts } = resolveCompiler(project.root);
  const folder = new MigrationFolder(project.migrations);
  return { ts, project, folder, loader: new MigrationLoader(ts, folder, migrateModule) };
}

/** The entities of the classes as they are now. @throws MigrationError QDB3010 when they don't compile */
export function compiledModels(context: CommandContext, { ts, project }: MigrationProject): readonly EntityModel[] {
  const { schema, failed, diagnostics } = new Generator(ts, project).run({ check: true });
  if (!failed) return schema.entities;
  showDiagnostics(context, ts, diagnostics);
  throw new MigrationError('QDB3010', 'The entity classes have errors. Mend them first; `quantadb check` lists them.');
}
