// `quantadb/language-service`: a plugin of tsserver, so that an editor shows the findings of classes and queries among the
// compiler's own, and on hover over `where` tells what the query can be answered from.
import type ts from 'typescript';
import type { EntityModel } from '../../runtime/schema/model.js';
import { type Diagnostic, toTsDiagnostic } from '../diagnostics.js';
import { type Lowering, servingIndexes } from '../query/index.js';
import type { Compiler } from './compiler.js';
import { loadProject, type Project } from './config-file.js';
import { findEntityFiles, ProjectAnalyzer } from './project.js';
import { ProjectQueries } from './queries.js';

/** What tsserver tells a plugin, as far as it is used here. */
interface PluginInfo {
  readonly project: { getCurrentDirectory(): string };
  readonly languageService: ts.LanguageService;
}

/** What tsserver calls for `"plugins": [{ "name": "quantadb/language-service" }]`. */
export default function init({ typescript }: { readonly typescript: Compiler }) {
  return { create: (info: PluginInfo): ts.LanguageService => serving(typescript, info) };
}

/** The project's language service, with our findings and hovers. */
function serving(ts: Compiler, { project, languageService }: PluginInfo): ts.LanguageService {
  const findings = new Findings(ts, loadProject(project.getCurrentDirectory()));
  const service = { ...languageService };
  service.getSemanticDiagnostics = (fileName) => {
    const program = languageService.getProgram();
    const own = program === undefined ? [] : findings.ofFile(program, fileName);
    return [...languageService.getSemanticDiagnostics(fileName), ...own];
  };
  service.getQuickInfoAtPosition = (fileName, position, ...more) => {
    const info = languageService.getQuickInfoAtPosition(fileName, position, ...more);
    const program = languageService.getProgram();
    const text = program && findings.hoverAt(program, fileName, position);
    if (info === undefined || text === undefined) return info;
    return { ...info, documentation: [...(info.documentation ?? []), { kind: 'text', text: `\n\n${text}` }] };
  };
  return service;
}

interface Known {
  readonly program: ts.Program;
  readonly diagnostics: readonly Diagnostic[];
  readonly entities: ReadonlyMap<string, EntityModel>;
  readonly queries: ProjectQueries;
}

/** What is found in a program, which is the project as it was between two keystrokes. */
class Findings {
  private readonly analyzer: ProjectAnalyzer;
  private known: Known | undefined;

  constructor(
    private readonly ts: Compiler,
    private readonly project: Project,
  ) {
    this.analyzer = new ProjectAnalyzer(ts, project);
  }

  ofFile(program: ts.Program, fileName: string): ts.Diagnostic[] {
    const file = program.getSourceFile(fileName);
    if (file === undefined) return [];
    const { diagnostics, queries } = this.of(program);
    const here = [
      ...diagnostics.filter((finding) => finding.fileName === file.fileName),
      ...queries.of(file).diagnostics,
    ];
    return here.map((finding) => toTsDiagnostic(this.ts, program, finding));
  }

  /** Undefined where no query's method stands. */
  hoverAt(program: ts.Program, fileName: string, position: number): string | undefined {
    const file = program.getSourceFile(fileName);
    if (file === undefined) return undefined;
    const { queries, entities } = this.of(program);
    const lowering = queries.of(file).lowerings.find(({ call }) => this.isNamedAt(call, position));
    const entity = lowering && entities.get(lowering.entity);
    return entity && describe(lowering, entity);
  }

  private isNamedAt({ expression }: ts.CallExpression, position: number): boolean {
    if (!this.ts.isPropertyAccessExpression(expression)) return false;
    const { name } = expression;
    return name.getStart() <= position && position <= name.getEnd();
  }

  private of(program: ts.Program): Known {
    if (this.known?.program === program) return this.known;
    const { ts, project } = this;
    const analysis = this.analyzer.analyze(program, findEntityFiles(ts, project));
    const entities = new Map(analysis.schema.entities.map((entity) => [entity.name, entity]));
    const queries = new ProjectQueries(ts, program, project, analysis);
    this.known = { program, diagnostics: analysis.diagnostics, entities, queries };
    return this.known;
  }
}

function describe({ expression }: Lowering, entity: EntityModel): string {
  if (expression === null) return 'QuantaDB: not lowered, so it reads and decodes every row.';
  const indexes = servingIndexes(expression, entity);
  if (indexes.length === 0) return 'QuantaDB: no index serves it, so it looks at every row.';
  return `QuantaDB: can be answered from ${indexes.join(', ')}.`;
}
