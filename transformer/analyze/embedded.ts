// Reads classes marked `@Embedded()`: as a type they are the list of their fields.
import type ts from 'typescript';
import type { FieldType } from '../../runtime/schema/model.js';
import type { ClassSource } from './analysis.js';
import type { Context } from './context.js';
import { sourceOf } from './exports.js';
import { readFields } from './fields.js';
import * as findings from './findings.js';
import { markersOf } from './marked.js';
import { noOptions } from './options.js';
import { TypeReader } from './types.js';

/** An embedded class, and where its name is written, which must differ from those of other classes. */
export interface SourceEmbedded {
  readonly source: ClassSource;
  readonly nameNode: ts.Node;
}

export class EmbeddedReader {
  readonly types: TypeReader;
  /** The classes that have been read, without those that can't be stored, by class name. */
  readonly found = new Map<string, SourceEmbedded>();
  private readonly done = new Map<ts.ClassLikeDeclaration, FieldType | undefined>();
  /** Classes that are being read, outermost first. */
  private readonly open: ts.ClassLikeDeclaration[] = [];

  constructor(private readonly context: Context) {
    this.types = new TypeReader(context, (declaration, at) => this.read(declaration, at));
  }

  /** The type of an embedded class that is used at `at`; undefined when it can't be stored, which has been reported. */
  read(declaration: ts.ClassLikeDeclaration, at: ts.Node): FieldType | undefined {
    if (this.open.includes(declaration)) {
      const path = [...this.open.slice(this.open.indexOf(declaration)), declaration];
      const names = path.map((node) => node.name?.text ?? '').join(' > ');
      return this.context.report(at, findings.recursiveClass(names));
    }
    if (!this.done.has(declaration)) {
      this.open.push(declaration);
      this.done.set(declaration, this.readClass(declaration));
      this.open.pop();
    }
    const type = this.done.get(declaration);
    // What is wrong was reported when the class was read; this use of it has failed as well.
    if (!type) this.context.errors++;
    return type;
  }

  private readClass(declaration: ts.ClassLikeDeclaration): FieldType | undefined {
    const { context } = this;
    const errors = context.errors;
    for (const marker of markersOf(context, declaration)) {
      if (marker.name === 'Embedded') noOptions(context, marker);
      if (marker.name === 'Name') context.report(marker.node, findings.embeddedName());
    }
    const source = sourceOf(context, declaration);
    const { fields, failed } = readFields(context, this.types, declaration);
    for (const { markers } of [...fields.map(({ member }) => member), ...failed]) {
      for (const { name, node } of markers) {
        if (name === 'PrimaryKey' || name === 'Index') context.report(node, findings.keyInEmbedded(name));
      }
    }
    if (!source || context.errors > errors) return undefined;
    const nameNode = declaration.name ?? declaration;
    const other = this.found.get(source.className)?.source;
    if (other && other.fileName !== source.fileName) {
      return context.report(nameNode, findings.duplicateClass(source.className, context.relative(other.fileName)));
    }
    this.found.set(source.className, { source, nameNode });
    return { kind: 'embedded', className: source.className, fields: fields.map(({ field }) => field) };
  }
}
