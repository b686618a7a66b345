// Predicates of random queries, as data and as the arrow that the data was lowered from.
import fc from 'fast-check';
import type { Expression, Lowered } from '../../runtime/query/expression.js';
import type { EntityModel, Field } from '../../runtime/schema/model.js';
import type { AnyRow } from './entities.js';

export interface Predicate {
  readonly arrow: (row: AnyRow) => boolean;
  readonly lowered: Lowered;
  readonly text: string;
}

/** Random predicates over the fields of `model`; `values` gives interesting values of a field's (or an element's) type. */
export function predicates(
  model: EntityModel,
  values: (type: Field['type']) => fc.Arbitrary<unknown>,
): fc.Arbitrary<Predicate> {
  const scalars = model.fields.filter((field) => field.type.kind !== 'array');
  const leaf = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...scalars).chain((field) => comparison(field, values)) },
    ...model.fields
      .filter((field) => field.type.kind === 'array')
      .map((field) => ({ weight: 1, arbitrary: membership(field, values) })),
    ...scalars
      .filter((field) => field.type.kind === 'boolean')
      .map((field) => ({ weight: 1, arbitrary: fc.constant<Draft>({ build: () => ref(field), captured: [] }) })),
  );
  const { tree } = fc.letrec<{ tree: Draft }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 3, arbitrary: leaf },
      { weight: 2, arbitrary: joined('&&', tie('tree')) },
      { weight: 1, arbitrary: joined('||', tie('tree')) },
      {
        weight: 1,
        arbitrary: tie('tree').map(
          ({ build, captured }): Draft => ({ build: (at) => ({ op: '!', arg: build(at) }), captured }),
        ),
      },
    ),
  }));
  return tree.map(({ build, captured }) => {
    const expression = build(0);
    return {
      arrow: arrowOf(expression, captured),
      lowered: { expression, parameters: () => captured },
      text: JSON.stringify({ expression, captured: captured.map(String) }),
    };
  });
}

/** An expression whose captured values are numbered once it is known what stands before them. */
interface Draft {
  readonly build: (firstParameter: number) => Expression;
  readonly captured: readonly unknown[];
}

function comparison(field: Field, values: (type: Field['type']) => fc.Arbitrary<unknown>): fc.Arbitrary<Draft> {
  const value = values(field.type);
  const choices: fc.Arbitrary<Draft>[] = [
    fc.tuple(fc.constantFrom('===', '!==', '<', '<=', '>', '>=' as const), value, fc.boolean()).map(
      ([op, captured, mirrored]): Draft => ({
        build: (index) => {
          const [left, right] = [ref(field), { op: 'param', index } as const];
          return mirrored ? { op, left: right, right: left } : { op, left, right };
        },
        captured: [captured],
      }),
    ),
    fc.array(value, { maxLength: 5 }).map(
      (captured): Draft => ({
        build: (index) => ({ op: 'arrayIncludes', subject: { op: 'param', index }, argument: ref(field) }),
        captured: [captured],
      }),
    ),
    fc
      .constantFrom<Expression>({ op: 'literal', value: null }, { op: 'undefined' })
      .map((right): Draft => ({ build: () => ({ op: '===', left: ref(field), right }), captured: [] })),
  ];
  if (field.type.kind === 'string' && !field.nullable && !field.optional) {
    const folded: Expression = { op: 'toLowerCase', arg: ref(field) };
    choices.push(
      value.map(
        (captured): Draft => ({
          build: (index) => ({ op: '===', left: folded, right: { op: 'param', index } }),
          captured: [captured],
        }),
      ),
      value.map(
        (captured): Draft => ({
          build: (index) => ({ op: 'startsWith', subject: folded, argument: { op: 'param', index } }),
          captured: [String(captured).slice(0, 2)],
        }),
      ),
      fc.array(value, { maxLength: 5 }).map(
        (captured): Draft => ({
          build: (index) => ({ op: 'setHas', subject: { op: 'param', index }, argument: folded }),
          captured: [new Set(captured)],
        }),
      ),
    );
  }
  if (field.type.kind === 'date' && !field.nullable && !field.optional) {
    choices.push(
      value.map(
        (captured): Draft => ({
          build: (index) => ({ op: '===', left: { op: 'getTime', arg: ref(field) }, right: { op: 'param', index } }),
          captured: [(captured as Date).getTime()],
        }),
      ),
    );
  }
  if (field.type.kind === 'string' && !field.nullable && !field.optional) {
    choices.push(
      fc.tuple(fc.constantFrom('startsWith', 'endsWith', 'stringIncludes' as const), value).map(
        ([op, captured]): Draft => ({
          build: (index) => ({ op, subject: ref(field), argument: { op: 'param', index } }),
          captured: [String(captured).slice(0, 2)],
        }),
      ),
    );
  }
  return fc.oneof(...choices);
}

function membership(field: Field, values: (type: Field['type']) => fc.Arbitrary<unknown>): fc.Arbitrary<Draft> {
  const element = field.type.kind === 'array' ? field.type.element.type : field.type;
  return values(element).map((captured) => ({
    build: (index) => ({ op: 'arrayIncludes', subject: ref(field), argument: { op: 'param', index } }),
    captured: [captured],
  }));
}

function joined(op: '&&' | '||', tree: fc.Arbitrary<Draft>): fc.Arbitrary<Draft> {
  return fc.array(tree, { minLength: 2, maxLength: 3 }).map((parts) => ({
    build: (first) => {
      let at = first;
      const args = parts.map(({ build, captured }) => {
        const arg = build(at);
        at += captured.length;
        return arg;
      });
      return { op, args };
    },
    captured: parts.flatMap(({ captured }) => captured),
  }));
}

function ref(field: Field): Expression {
  return { op: 'field', path: [field.name] };
}

/** The arrow that `expression` would have been lowered from. */
export function arrowOf(expression: Expression, parameters: readonly unknown[]): (row: AnyRow) => boolean {
  return (row) => Boolean(evaluate(expression, parameters, row));
}

/** What the arrow says, by JavaScript's own operators. */
function evaluate(expression: Expression, parameters: readonly unknown[], row: AnyRow): unknown {
  const value = (inner: Expression) => evaluate(inner, parameters, row) as never;
  switch (expression.op) {
    case 'param':
      return parameters[expression.index];
    case 'literal':
      return expression.value;
    case 'undefined':
      return undefined;
    case 'field':
      return expression.path.reduce<unknown>((from, name) => (from as AnyRow)[name], row);
    case '===':
      return value(expression.left) === value(expression.right);
    case '!==':
      return value(expression.left) !== value(expression.right);
    case '<':
      return value(expression.left) < value(expression.right);
    case '<=':
      return value(expression.left) <= value(expression.right);
    case '>':
      return value(expression.left) > value(expression.right);
    case '>=':
      return value(expression.left) >= value(expression.right);
    case '&&':
      return expression.args.every(value);
    case '||':
      return expression.args.some(value);
    case '!':
      return !value(expression.arg);
    case 'startsWith':
    case 'endsWith':
      return (value(expression.subject) as string)[expression.op](value(expression.argument));
    case 'toLowerCase':
      return (value(expression.arg) as string).toLowerCase();
    case 'getTime':
      return (value(expression.arg) as Date).getTime();
    case 'setHas':
      return (value(expression.subject) as Set<unknown>).has(value(expression.argument));
    case 'stringIncludes':
    case 'arrayIncludes':
      return (value(expression.subject) as unknown[]).includes(value(expression.argument));
    default:
      throw new Error(`unknown ${JSON.stringify(expression)}`);
  }
}
