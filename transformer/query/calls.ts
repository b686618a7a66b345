// Properties and methods of values that are computed from the row: strings, arrays, Dates, sets, Math, patterns.
import type ts from 'typescript';
import type { Expression, MathFunction, Unary } from '../../runtime/query/expression.js';
import type { Guards } from './captured.js';
import * as findings from './findings.js';
import type { Lower } from './lowering.js';
import { encryptedIn } from './operators.js';
import { isNullish, type RowField, unwrap } from './row.js';
import { isPrimitive, typeOfTag, typeTag } from './tag.js';
import { chained, computedValue, isMissing, PRESENT, type Value } from './value.js';

const STRING_UNARY = new Set(['toLowerCase', 'toUpperCase', 'trim']);
const STRING_TESTS = { startsWith: 'startsWith', endsWith: 'endsWith', includes: 'stringIncludes' } as const;
const MATH = new Set(['abs', 'floor', 'ceil', 'round', 'min', 'max']);
/** `Math.min()` of one to this many arguments; a longer list would rather be an array. */
const MOST_MATH_ARGUMENTS = 16;

/** `name.length` */
export function lowerProperty(lower: Lower, node: ts.PropertyAccessExpression, guards: Guards): Value | null {
  const subject = lowerSubject(lower, node, guards);
  if (subject === null) return null;
  const hasLength = subject.tag === 'string' || subject.tag === 'array';
  if (node.name.text !== 'length' || !hasLength) return lower.refuse(node, findings.unknownForm(node.getText()));
  return chained(subject, computedValue({ op: 'length', arg: subject.expression }, 'number'));
}

/** Any call that reads the row. */
export function lowerCall(lower: Lower, node: ts.CallExpression, guards: Guards): Value | null {
  const { ts } = lower;
  const callee = node.expression;
  if (
    !ts.isPropertyAccessExpression(callee) ||
    node.questionDotToken !== undefined ||
    ts.isPrivateIdentifier(callee.name)
  ) {
    return lower.refuse(node, findings.unknownCall(node.getText()));
  }
  if (isGlobal(lower, callee.expression, 'Math')) return math(lower, node, callee.name.text, guards);
  const pattern = callee.name.text === 'test' ? patternOf(lower, callee.expression) : null;
  if (pattern !== null) return patternTest(lower, node, pattern, guards);
  return method(lower, node, callee, guards);
}

function method(
  lower: Lower,
  node: ts.CallExpression,
  callee: ts.PropertyAccessExpression,
  guards: Guards,
): Value | null {
  const name = callee.name.text;
  const reading = lower.row.fieldAt(callee);
  if (
    lower.row.isRow(callee.expression) ||
    (reading !== undefined && 'unreadable' in reading && reading.unreadable === 'unknown')
  ) {
    return lower.refuse(node, findings.unknownCall(node.getText()));
  }
  const change = lower.captures.changeIn(node);
  if (change !== undefined) return lower.refuse(change, findings.sideEffect(change.getText()));
  const subject = lowerSubject(lower, callee, guards);
  if (subject === null) return null;
  const result = callOn(lower, node, name, subject, guards);
  return result && chained(subject, result);
}

function callOn(lower: Lower, node: ts.CallExpression, name: string, subject: Value, guards: Guards): Value | null {
  const [first, ...more] = node.arguments;
  const reached = isMissing(subject) ? [...guards, node.expression] : guards;
  const isSet = subject.tag === 'object' && name === 'has' && subject.expression.op === 'param';
  if (subject.tag === 'string' && node.arguments.length === 0 && STRING_UNARY.has(name)) {
    return computedValue({ op: name as Unary['op'], arg: subject.expression }, 'string');
  }
  if (subject.tag === 'date' && node.arguments.length === 0 && name === 'getTime') {
    return computedValue({ op: 'getTime', arg: subject.expression }, 'number');
  }
  if (first === undefined || more.length > 0) return lower.refuse(node, findings.unknownCall(node.getText()));
  if (subject.tag === 'string' && Object.hasOwn(STRING_TESTS, name)) {
    return stringTest(lower, first, STRING_TESTS[name as keyof typeof STRING_TESTS], subject, reached);
  }
  if (subject.tag === 'array' && name === 'includes')
    return membership(lower, node, first, 'arrayIncludes', subject, reached);
  if (isSet) return membership(lower, node, first, 'setHas', subject, reached);
  if (subject.tag === 'array' && (name === 'some' || name === 'every')) {
    return quantifier(lower, node, first, name, subject, guards);
  }
  return lower.refuse(node, findings.unknownCall(node.getText()));
}

/** What stands before the dot, when reading on from it can't throw. */
function lowerSubject(lower: Lower, node: ts.PropertyAccessExpression, guards: Guards): Value | null {
  const subject = lower.value(node.expression, guards);
  if (subject === null || node.questionDotToken !== undefined) return subject;
  // In `a?.b.c` a missing `a` skips `.c` too; parentheses and `!` end the chain.
  const continues = lower.ts.isOptionalChain(node) && unwrap(lower.ts, node.expression) === node.expression;
  const throws = continues ? subject.missing.null || subject.missing.undefined : isMissing(subject);
  return throws ? lower.refuse(node, findings.mayThrow(node.getText())) : subject;
}

function stringTest(
  lower: Lower,
  node: ts.Expression,
  op: 'startsWith' | 'endsWith' | 'stringIncludes',
  subject: Value,
  guards: Guards,
): Value | null {
  const hidden = encryptedIn(lower, subject.expression);
  if (hidden !== null) return lower.refuse(node.parent, findings.encrypted(lower.row.entity.name, hidden));
  const argument = lower.value(node, guards);
  if (argument === null) return null;
  if (argument.tag !== 'string') return lower.refuse(node, findings.unclearType(node.getText()));
  return computedValue({ op, subject: subject.expression, argument: argument.expression }, 'boolean');
}

/** `u.tags.includes(x)`, `ids.includes(u.id)`, `set.has(u.id)`. */
function membership(
  lower: Lower,
  call: ts.CallExpression,
  node: ts.Expression,
  op: 'arrayIncludes' | 'setHas',
  subject: Value,
  guards: Guards,
): Value | null {
  const argument = lower.value(node, guards);
  if (argument === null) return null;
  const element = subject.field?.slot.type.kind === 'array' ? subject.field.slot.type.element.type.kind : null;
  const isObject =
    (argument.tag !== null && !isPrimitive(argument.tag)) || element === 'date' || element === 'embedded';
  if (isObject) {
    lower.note(
      call,
      findings.neverEqual(
        node.getText(),
        'an element',
        ': objects are compared by identity. Use some() and compare their fields.',
      ),
    );
    return null;
  }
  return computedValue({ op, subject: subject.expression, argument: argument.expression }, 'boolean');
}

function quantifier(
  lower: Lower,
  call: ts.CallExpression,
  node: ts.Expression,
  op: 'some' | 'every',
  subject: Value,
  guards: Guards,
): Value | null {
  const { ts } = lower;
  const arrow = unwrap(ts, node);
  const [parameter, ...more] = ts.isArrowFunction(arrow) ? arrow.parameters : [];
  if (!ts.isArrowFunction(arrow) || parameter === undefined || more.length > 0) {
    return lower.refuse(node, findings.unknownForm(node.getText()));
  }
  const body = lower.body(arrow);
  const element = body && elementOf(lower, call, subject);
  if (body === null || element === null) return null;
  const failure = lower.row.bind(parameter, element);
  if (failure !== null) return lower.refuse(parameter, findings.unknownForm(parameter.getText()));
  lower.level++;
  const predicate = lower.condition(body, [...guards, call.expression]);
  lower.level--;
  return predicate && computedValue({ op, subject: subject.expression, predicate }, 'boolean');
}

function elementOf(lower: Lower, call: ts.CallExpression, subject: Value): RowField | null {
  const binding = { level: lower.level, path: [], throughMissing: false, encrypted: subject.field?.encrypted ?? false };
  if (subject.field?.slot.type.kind === 'array') return { ...binding, slot: subject.field.slot.type.element };
  const { ts, checker } = lower;
  const array = checker.getTypeAtLocation((call.expression as ts.PropertyAccessExpression).expression);
  const type = checker.getIndexTypeOfType(array, ts.IndexKind.Number);
  if (type === undefined) return lower.refuse(call, findings.unknownCall(call.getText()));
  const isMissable = isNullish(ts, type);
  const slot = { type: typeOfTag(typeTag(ts, checker, type)), nullable: isMissable, optional: isMissable };
  return { ...binding, slot };
}

function math(lower: Lower, node: ts.CallExpression, name: string, guards: Guards): Value | null {
  const change = lower.captures.changeIn(node);
  if (change !== undefined) return lower.refuse(change, findings.sideEffect(change.getText()));
  const { length } = node.arguments;
  const isKnown = MATH.has(name) && length > 0 && length <= MOST_MATH_ARGUMENTS;
  const takesOne = name !== 'min' && name !== 'max';
  if (!isKnown || (takesOne && length > 1)) return lower.refuse(node, findings.unknownCall(node.getText()));
  const args: Expression[] = [];
  for (const argument of node.arguments) {
    const value = lower.value(argument, guards);
    if (value === null) return null;
    if (value.tag !== 'number') return lower.refuse(argument, findings.unclearType(argument.getText()));
    args.push(value.expression);
  }
  return computedValue({ op: 'math', name: name as MathFunction, args }, 'number');
}

/** A pattern that is written out, here or in the const that `node` names. */
function patternOf(lower: Lower, node: ts.Expression): ts.Expression | null {
  const { ts, checker } = lower;
  const inner = unwrap(ts, node);
  if (ts.isRegularExpressionLiteral(inner)) return inner;
  return checker.getTypeAtLocation(inner).getSymbol()?.name === 'RegExp' ? inner : null;
}

function patternTest(lower: Lower, node: ts.CallExpression, pattern: ts.Expression, guards: Guards): Value | null {
  const { ts, checker } = lower;
  const declaration = ts.isIdentifier(pattern) ? checker.getSymbolAtLocation(pattern)?.valueDeclaration : undefined;
  const isConst =
    declaration !== undefined &&
    ts.isVariableDeclaration(declaration) &&
    (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
  const written = isConst && declaration.initializer ? unwrap(ts, declaration.initializer) : pattern;
  const [first, ...more] = node.arguments;
  if (!ts.isRegularExpressionLiteral(written) || first === undefined || more.length > 0) {
    return lower.refuse(node, findings.unknownForm(`${node.getText()}, whose pattern isn't written out,`));
  }
  const end = written.text.lastIndexOf('/');
  const flags = written.text.slice(end + 1);
  // A literal inside the arrow is a new one for each row; one outside remembers with g where it stopped.
  if (flags.includes('y') || (flags.includes('g') && written !== pattern)) {
    return lower.refuse(node, findings.unknownForm(`${node.getText()}, whose pattern remembers where it stopped,`));
  }
  const subject = lower.value(first, guards);
  if (subject === null) return null;
  const hidden = encryptedIn(lower, subject.expression);
  if (hidden !== null) return lower.refuse(node, findings.encrypted(lower.row.entity.name, hidden));
  if (!isPrimitive(subject.tag)) return lower.refuse(first, findings.unclearType(first.getText()));
  const expression: Expression = {
    op: 'test',
    pattern: written.text.slice(1, end),
    flags: flags.replace('g', ''),
    subject: subject.expression,
  };
  return computedValue(expression, 'boolean', PRESENT);
}

function isGlobal(lower: Lower, node: ts.Expression, name: string): boolean {
  if (!lower.ts.isIdentifier(node) || node.text !== name) return false;
  return lower.checker.getTypeAtLocation(node).getSymbol()?.name === name;
}
