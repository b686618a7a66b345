// What the meaning of a source file depends on besides its own text: the files that it imports, theirs, and those that change
// the global scope. From two programs, one made after the other, it tells which files mean what they meant before.
import type ts from 'typescript';

type Compiler = typeof ts;

/** How the files of a program hang together. */
export interface Dependencies {
  readonly options: ts.CompilerOptions;
  readonly rootNames: readonly string[];
  /** Files that matter to all others: scripts, and augmentations of the global scope or of other modules. */
  readonly global: ReadonlySet<ts.SourceFile>;
  /** For each of the other files what its imports came to, in order: names of files, and '' where there is none. */
  readonly imports: ReadonlyMap<ts.SourceFile, readonly string[]>;
}

/** @param before of the program that `program` was made from; spares looking at imports that can't lead elsewhere now */
export function readDependencies(ts: Compiler, program: ts.Program, before: Dependencies | undefined): Dependencies {
  const options = program.getCompilerOptions();
  const rootNames = program.getRootFileNames();
  const files = program.getSourceFiles();
  // As long as no file comes or goes, a text that is as it was imports what it did.
  const isSteady =
    before !== undefined &&
    before.options === options &&
    areEqual(before.rootNames, rootNames) &&
    areEqual(namesOf([...before.global, ...before.imports.keys()]), namesOf(files));
  const global = new Set<ts.SourceFile>();
  const imports = new Map<ts.SourceFile, readonly string[]>();
  for (const file of files) {
    if (isGlobal(ts, file)) global.add(file);
    else imports.set(file, (isSteady ? before.imports.get(file) : undefined) ?? importsOf(ts, program, file));
  }
  return { options, rootNames, global, imports };
}

/** The files of `now` that mean what they meant `before`. */
export function unchangedFiles(now: Dependencies, before: Dependencies): ReadonlySet<ts.SourceFile> {
  const isElsewhere = now.options !== before.options || now.global.size !== before.global.size;
  if (isElsewhere || [...now.global].some((file) => !before.global.has(file))) return new Set();
  const importers = new Map<string, ts.SourceFile[]>();
  const open: ts.SourceFile[] = [];
  for (const [file, targets] of now.imports) {
    const had = before.imports.get(file);
    if (had === undefined || !areEqual(had, targets)) open.push(file);
    for (const target of targets) {
      const known = importers.get(target);
      if (known === undefined) importers.set(target, [file]);
      else known.push(file);
    }
  }
  const unchanged = new Set(now.imports.keys());
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (unchanged.delete(file)) open.push(...(importers.get(file.fileName) ?? []));
  }
  return unchanged;
}

function isGlobal(ts: Compiler, file: ts.SourceFile): boolean {
  if (!ts.isExternalModule(file)) return !file.fileName.endsWith('.json');
  return file.statements.some(
    (node) =>
      ts.isModuleDeclaration(node) &&
      (ts.isStringLiteral(node.name) || (node.flags & ts.NodeFlags.GlobalAugmentation) !== 0),
  );
}

function importsOf(ts: Compiler, program: ts.Program, file: ts.SourceFile): readonly string[] {
  const checker = program.getTypeChecker();
  return specifiersOf(ts, file).map((specifier) => {
    const module = checker.getSymbolAtLocation(specifier);
    return module?.declarations?.[0]?.getSourceFile().fileName ?? '';
  });
}

const SPECIFIERS = new WeakMap<ts.SourceFile, readonly ts.Expression[]>();

/** Every module that the file names: imports, re-exports, `import x = require()`, and `import('./x.js')` of a type or value. */
function specifiersOf(ts: Compiler, file: ts.SourceFile): readonly ts.Expression[] {
  const known = SPECIFIERS.get(file);
  if (known !== undefined) return known;
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = specifierIn(ts, node);
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) found.push(specifier);
    ts.forEachChild(node, visit);
  };
  visit(file);
  SPECIFIERS.set(file, found);
  return found;
}

function specifierIn(ts: Compiler, node: ts.Node): ts.Expression | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  const isImport = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isImport ? node.arguments[0] : undefined;
}

function namesOf(files: readonly ts.SourceFile[]): string[] {
  return files.map(({ fileName }) => fileName).sort();
}

function areEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}
