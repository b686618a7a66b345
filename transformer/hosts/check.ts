// `quantadb check`: what the compiler plugin would say of a project, for everyone who builds without it.
import type ts from 'typescript';
import type { EntityModel } from '../../runtime/schema/model.js';
import { tsCode } from '../diagnostics.js';
import { Compilation } from './compilation.js';
import type { ResolvedCompiler } from './compiler.js';
import type { Project } from './config-file.js';
import { readTsconfig } from './tsconfig.js';

export interface CheckResult {
  readonly entities: readonly EntityModel[];
  /** Queries that were found, and how many of them can be answered from an index or at least on encoded rows. */
  readonly queries: number;
  readonly lowered: number;
  /** Of classes and queries, errors and warnings; sorted by file and position. */
  readonly diagnostics: readonly ts.Diagnostic[];
  readonly failed: boolean;
}

/**
 * Checks the entity classes and all queries of a project.
 * @throws ConfigError QDB1904 when there is no entity, QDB1906 when the tsconfig can't be read
 */
export function checkProject(compiler: ResolvedCompiler, project: Project): CheckResult {
  const { ts } = compiler;
  const compilation = new Compilation(ts, project);
  const { lowerings, diagnostics: ofQueries } = compilation.queries();
  const diagnostics = [...ignoredPlugin(compiler, project), ...compilation.diagnostics, ...ofQueries];
  return {
    entities: compilation.analysis.schema.entities,
    queries: lowerings.length,
    lowered: lowerings.filter(({ expression }) => expression !== null).length,
    diagnostics: ts.sortAndDeduplicateDiagnostics(diagnostics),
    failed: diagnostics.some(({ category }) => category === ts.DiagnosticCategory.Error),
  };
}

/** TypeScript 7 passes over the line that would have had it call us, and says nothing. */
function ignoredPlugin({ ts, passedOver }: ResolvedCompiler, project: Project): ts.Diagnostic[] {
  const hasNoPlugins = passedOver.some(({ name, reason }) => name === 'typescript' && reason === 'no-api');
  const { file, plugins } = readTsconfig(ts, project, { lists: false });
  const ours = plugins.some((entry) => /"quantadb\/(?:transformer|language-service)"/.test(JSON.stringify(entry)));
  if (!hasNoPlugins || !ours) return [];
  const code = 'QDB1910';
  const messageText = `${code}: the TypeScript of this project ignores the quantadb line among "plugins" of ${file}. Remove it, and take \`quantadb generate\` or quantadb/unplugin.`;
  const category = ts.DiagnosticCategory.Warning;
  return [
    {
      file: undefined,
      start: undefined,
      length: undefined,
      category,
      code: tsCode(code),
      messageText,
      source: 'quantadb',
    },
  ];
}
