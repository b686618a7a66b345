// Finds out how generated code can import a class.
import type ts from 'typescript';
import type { ClassSource } from './analysis.js';
import type { Context } from './context.js';
import { anonymousClass, genericClass, notExported, notTopLevel } from './findings.js';

/** Where the class is imported from, or undefined when it can't be, which has been reported. */
export function sourceOf(context: Context, declaration: ts.ClassLikeDeclaration): ClassSource | undefined {
  const { name } = declaration;
  const file = declaration.getSourceFile();
  if (!name) return context.report(firstToken(context, declaration), anonymousClass());
  if (declaration.parent !== file) return context.report(name, notTopLevel(name.text));
  const [parameter] = declaration.typeParameters ?? [];
  if (parameter) return context.report(parameter, genericClass(name.text));
  const exportName = exportNameOf(context, declaration, name.text);
  if (exportName === undefined) return context.report(name, notExported(name.text));
  return { fileName: file.fileName, className: name.text, exportName };
}

/** Its own name if it is exported so, else the first other name, else `default`. */
function exportNameOf(context: Context, declaration: ts.ClassLikeDeclaration, name: string): string | undefined {
  const module = context.checker.getSymbolAtLocation(declaration.getSourceFile());
  const names = (module ? context.checker.getExportsOfModule(module) : [])
    .filter((symbol) => !isTypeOnly(context, symbol) && context.resolve(symbol).declarations?.includes(declaration))
    .map((symbol) => symbol.name)
    .sort();
  return names.find((exported) => exported === name) ?? names.find((exported) => exported !== 'default') ?? names[0];
}

function isTypeOnly(context: Context, symbol: ts.Symbol): boolean {
  return (symbol.declarations ?? []).some((node) => context.ts.isExportSpecifier(node) && isTypeOnlySpecifier(node));
}

function isTypeOnlySpecifier(node: ts.ExportSpecifier): boolean {
  return node.isTypeOnly || node.parent.parent.isTypeOnly;
}

/** A whole anonymous class would be too much to mark: its `class` keyword. */
function firstToken(context: Context, declaration: ts.ClassLikeDeclaration): ts.Node {
  return declaration.getChildren().find(({ kind }) => kind === context.ts.SyntaxKind.ClassKeyword) ?? declaration;
}
