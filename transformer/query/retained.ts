// `@QuantaEntity({ retainWhile: u => u.isActive })`: analysis finds the arrow, and here it becomes a part of the schema. It is lowered
// as a query's predicate is, but what such a predicate may capture, or scan for, is an error: nothing runs the arrow itself.
import type ts from 'typescript';
import type { Expression } from '../../runtime/query/expression.js';
import type { EntityModel } from '../../runtime/schema/model.js';
import type { Analysis } from '../analyze/index.js';
import type { Diagnostic } from '../diagnostics.js';
import { type Finding, notRetainable } from './findings.js';
import { PredicateLowering } from './predicate.js';
import { hasStrictNulls, Row, unwrap } from './row.js';
import { arrowBehind } from './scope.js';

type Compiler = typeof ts;

interface LoweredModel {
  /** Null where the predicate can't be lowered. */
  readonly model: EntityModel | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** By the model that analysis made, which is a new one when its file, or something that the file imports, has changed. */
const LOWERED = new WeakMap<EntityModel, LoweredModel>();

/** The analysis with the predicates in its models; entities of which one can't be lowered are left out, as any with errors. */
export function lowerRetained(ts: Compiler, program: ts.Program, analysis: Analysis): Analysis {
  const { retained, schema } = analysis;
  if (retained.size === 0) return analysis;
  const diagnostics: Diagnostic[] = [];
  const entities = schema.entities.flatMap((model): EntityModel[] => {
    const written = retained.get(model.name);
    if (written === undefined) return [model];
    const result = LOWERED.get(model) ?? lowerOne(ts, program, model, written);
    LOWERED.set(model, result);
    diagnostics.push(...result.diagnostics);
    return result.model === null ? [] : [result.model];
  });
  const names = new Set(entities.map(({ name }) => name));
  return {
    ...analysis,
    schema: { entities },
    sources: new Map([...analysis.sources].filter(([name]) => names.has(name))),
    diagnostics: [...analysis.diagnostics, ...diagnostics].sort(byPlace),
  };
}

function lowerOne(ts: Compiler, program: ts.Program, model: EntityModel, written: ts.Expression): LoweredModel {
  const diagnostics: Diagnostic[] = [];
  const retainWhile = lower(ts, program, model, written, (node, { code, category, message }) => {
    const file = written.getSourceFile();
    // A part of a predicate that stands in another file is reported where it is used.
    const at = node.getSourceFile() === file ? node : written;
    const start = at.getStart(file);
    diagnostics.push({ code, category, fileName: file.fileName, start, length: at.getEnd() - start, message });
  });
  return { model: retainWhile === null ? null : { ...model, retainWhile }, diagnostics };
}

function lower(
  ts: Compiler,
  program: ts.Program,
  model: EntityModel,
  written: ts.Expression,
  report: (node: ts.Node, finding: Finding) => void,
): Expression | null {
  const checker = program.getTypeChecker();
  const inner = unwrap(ts, written);
  const arrow = ts.isArrowFunction(inner) ? inner : ts.isIdentifier(inner) ? arrowBehind(ts, checker, inner) : null;
  if (arrow === null) {
    report(inner, notRetainable(inner.getText()));
    return null;
  }
  const row = new Row(ts, checker, hasStrictNulls(ts, program), model);
  const lowering = new PredicateLowering(ts, program, checker, row, (name) => arrowBehind(ts, checker, name));
  const expression = lowering.predicate(arrow);
  const { captured, findings } = lowering;
  // What would merely be slow in a query can't be stored; what can't be meant is said as there.
  for (const { node, ...finding } of findings) {
    report(node, finding.category === 'error' ? finding : notRetainable(node.getText()));
  }
  for (const node of captured) report(node, notRetainable(node.getText()));
  if (expression === null && findings.length === 0) report(inner, notRetainable(inner.getText()));
  return findings.length === 0 && captured.length === 0 ? expression : null;
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.fileName !== b.fileName) return a.fileName < b.fileName ? -1 : 1;
  return a.start - b.start;
}
