// What analysis answers: the schema, where its classes stand, what was wrong, and which text is markers only.
import type ts from 'typescript';
import type { Schema } from '../../runtime/schema/model.js';
import type { Diagnostic } from '../diagnostics.js';

/** Where generated code imports a class from. */
export interface ClassSource {
  /** Absolute path, as the program names it. */
  readonly fileName: string;
  readonly className: string;
  /** Name under which the module exports it; `default` for a default export. */
  readonly exportName: string;
}

/**
 * Text that is there for the compiler only: a marker decorator, a statement that defines an entity, an import specifier (with
 * its comma) or a whole import. Every such node that lies within a span goes; `[start, end)` can be blanked as text.
 */
export interface MarkerSpan {
  readonly kind: 'decorator' | 'statement' | 'import';
  readonly fileName: string;
  readonly start: number;
  readonly end: number;
}

export interface Analysis {
  /** Entities sorted by name; those with errors are left out. */
  readonly schema: Schema;
  /** By entity name. */
  readonly sources: ReadonlyMap<string, ClassSource>;
  /** What is written as `retainWhile`, by entity name: lowering (query/retained.ts) puts what it means into the schema. */
  readonly retained: ReadonlyMap<string, ts.Expression>;
  /** By class name. */
  readonly embeddedSources: ReadonlyMap<string, ClassSource>;
  /** Sorted by file and position. */
  readonly diagnostics: readonly Diagnostic[];
  /** Sorted by file and position; they don't overlap. */
  readonly markers: readonly MarkerSpan[];
}

export interface AnalyzeOptions {
  /** Which source files may hold entities; default: all but declaration files and libraries. */
  readonly include?: (fileName: string) => boolean;
}
