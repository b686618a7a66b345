// The meaning of expressions: each becomes a closure that gives what the arrow would give, fused from the closures of its
// parts. What is known before the first row (literals, parameters) is looked at once, here. No code is generated from text,
// so that this works under a content security policy.
import { balanced } from './balanced.js';
import type { Compare, Expression, MathFunction } from './expression.js';

/** Something computed of one source: a row, or the bytes of one. */
export type Evaluate<Source> = (source: Source) => unknown;

/** Makes the reader of one field. It gives the field's value as the row would: a Date for a date (or its `getTime()`). */
export type FieldReader<Source> = (path: readonly string[]) => Evaluate<Source>;

/** Captured arrays of more elements are searched as sets: `includes` and `Set.has` have the same notion of equality. */
const LONGEST_SEARCHED = 8;

/**
 * Compiles `expression` to a closure with exactly the meaning of the arrow that it was lowered from; it throws what the
 * arrow would throw. The closure may not be called while a call of it is running.
 * @param parameters the captured values, as `Lowered.parameters()` gives them
 * @param fieldReader how a field is read out of a source; {@link fieldOfRow} where sources are rows
 * @example compile({ op: '>', left: { op: 'field', path: ['score'] }, right: { op: 'literal', value: 5 } }, [], fieldOfRow)({ score: 9 }) // true
 */
export function compile<Source>(
  expression: Expression,
  parameters: readonly unknown[],
  fieldReader: FieldReader<Source>,
): Evaluate<Source> {
  return new ExpressionCompiler(parameters, fieldReader).compile(expression);
}

/** Reads fields of decoded rows. */
export function fieldOfRow(path: readonly string[]): Evaluate<unknown> {
  const [first, ...rest] = path;
  if (first === undefined) return (row) => row;
  if (rest.length === 0) return (row) => (row as Readonly<Record<string, unknown>>)[first];
  return (row) => valueAt((row as Readonly<Record<string, unknown>>)[first], rest);
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const name of path) {
    if (at === null || at === undefined) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[name];
  }
  return at;
}

/** The element that a `some` or `every` is at. */
interface Cell {
  element: unknown;
}

class ExpressionCompiler<Source> {
  /** One for each `some` and `every` around what is being compiled. */
  private readonly cells: Cell[] = [];
  private readonly parameters: readonly unknown[];
  private readonly fieldReader: FieldReader<Source>;

  constructor(parameters: readonly unknown[], fieldReader: FieldReader<Source>) {
    this.parameters = parameters;
    this.fieldReader = fieldReader;
  }

  compile(e: Expression): Evaluate<Source> {
    switch (e.op) {
      case 'param':
      case 'literal':
      case 'undefined': {
        const { value } = this.constant(e)!;
        return () => value;
      }
      case 'field':
        return this.fieldReader(e.path);
      case 'element':
        return this.element(e.level, e.path);
      case '&&':
      case '||':
        return this.logical(e.op, e.args);
      case '!': {
        const arg = this.compile(e.arg);
        return (source) => !arg(source);
      }
      case '?:': {
        const [test, yes, no] = [this.compile(e.test), this.compile(e.yes), this.compile(e.no)];
        return (source) => (test(source) ? yes(source) : no(source));
      }
      case '??':
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
        return arithmetic(e.op, this.compile(e.left), this.compile(e.right));
      case 'template': {
        const parts = e.parts.map((part) => this.compile(part));
        return (source) => {
          let text = '';
          for (const part of parts) text += `${part(source)}`;
          return text;
        };
      }
      case 'math':
        return math(
          e.name,
          e.args.map((arg) => this.compile(arg)),
        );
      case 'length':
      case 'toLowerCase':
      case 'toUpperCase':
      case 'trim':
      case 'getTime':
      case 'negate':
        return unary(e.op, this.compile(e.arg));
      case 'startsWith':
      case 'endsWith':
      case 'stringIncludes':
        return stringTest(e.op, this.compile(e.subject), this.compile(e.argument));
      case 'test': {
        const [pattern, subject] = [new RegExp(e.pattern, e.flags), this.compile(e.subject)];
        return (source) => pattern.test(subject(source) as string);
      }
      case 'arrayIncludes':
      case 'setHas':
        return this.membership(e.op, e.subject, e.argument);
      case 'some':
      case 'every':
        return this.quantifier(e.op, e.subject, e.predicate);
      case 'object':
        return objectOf(e.entries.map(([name, value]) => [name, this.compile(value)]));
      case 'array': {
        const items = e.items.map((item) => this.compile(item));
        return (source) => items.map((item) => item(source));
      }
      default:
        return this.comparison(e);
    }
  }

  private constant(e: Expression): { readonly value: unknown } | null {
    if (e.op === 'literal') return { value: e.value };
    if (e.op === 'undefined') return { value: undefined };
    return e.op === 'param' ? { value: this.parameters[e.index] } : null;
  }

  private element(level: number, path: readonly string[]): Evaluate<Source> {
    const cell = this.cells[level]!;
    return path.length === 0 ? () => cell.element : () => valueAt(cell.element, path);
  }

  private logical(op: '&&' | '||', args: readonly Expression[]): Evaluate<Source> {
    const parts = args.map((arg) => this.compile(arg));
    const joined = balanced<Evaluate<Source>>(parts, (left, right) =>
      op === '&&' ? (source) => left(source) && right(source) : (source) => left(source) || right(source),
    );
    return joined ?? (() => op === '&&');
  }

  private comparison({ op, left, right }: Compare): Evaluate<Source> {
    const constant = this.constant(right);
    return constant === null
      ? compare(op, this.compile(left), this.compile(right))
      : compareWith(op, this.compile(left), constant.value);
  }

  private membership(op: 'arrayIncludes' | 'setHas', subject: Expression, argument: Expression): Evaluate<Source> {
    const sought = this.compile(argument);
    const known = this.constant(subject)?.value;
    if (op === 'arrayIncludes' && Array.isArray(known) && known.length > LONGEST_SEARCHED) {
      const set = new Set<unknown>(known);
      return (source) => set.has(sought(source));
    }
    const collection = this.compile(subject);
    return op === 'setHas'
      ? (source) => (collection(source) as ReadonlySet<unknown>).has(sought(source))
      : (source) => (collection(source) as readonly unknown[]).includes(sought(source));
  }

  private quantifier(op: 'some' | 'every', subject: Expression, predicate: Expression): Evaluate<Source> {
    const collection = this.compile(subject);
    const cell: Cell = { element: undefined };
    this.cells.push(cell);
    const holds = this.compile(predicate);
    this.cells.pop();
    const decides = op === 'some';
    return (source) => {
      for (const element of collection(source) as readonly unknown[]) {
        cell.element = element;
        if (!!holds(source) === decides) return decides;
      }
      return !decides;
    };
  }
}

// The casts below say nothing of the values: each operator is JavaScript's own, with its conversions.

function compare<Source>(op: Compare['op'], left: Evaluate<Source>, right: Evaluate<Source>): Evaluate<Source> {
  switch (op) {
    case '===':
      return (source) => left(source) === right(source);
    case '!==':
      return (source) => left(source) !== right(source);
    case '<':
      return (source) => (left(source) as number) < (right(source) as number);
    case '<=':
      return (source) => (left(source) as number) <= (right(source) as number);
    case '>':
      return (source) => (left(source) as number) > (right(source) as number);
    case '>=':
      return (source) => (left(source) as number) >= (right(source) as number);
  }
}

function compareWith<Source>(op: Compare['op'], left: Evaluate<Source>, value: unknown): Evaluate<Source> {
  // A Date is compared by its time, and a number is faster to compare with.
  const right = (op !== '===' && op !== '!==' && value instanceof Date ? value.getTime() : value) as number;
  switch (op) {
    case '===':
      return (source) => left(source) === right;
    case '!==':
      return (source) => left(source) !== right;
    case '<':
      return (source) => (left(source) as number) < right;
    case '<=':
      return (source) => (left(source) as number) <= right;
    case '>':
      return (source) => (left(source) as number) > right;
    case '>=':
      return (source) => (left(source) as number) >= right;
  }
}

function arithmetic<Source>(
  op: '??' | '+' | '-' | '*' | '/' | '%',
  left: Evaluate<Source>,
  right: Evaluate<Source>,
): Evaluate<Source> {
  switch (op) {
    case '??':
      return (source) => left(source) ?? right(source);
    case '+':
      return (source) => (left(source) as number) + (right(source) as number);
    case '-':
      return (source) => (left(source) as number) - (right(source) as number);
    case '*':
      return (source) => (left(source) as number) * (right(source) as number);
    case '/':
      return (source) => (left(source) as number) / (right(source) as number);
    case '%':
      return (source) => (left(source) as number) % (right(source) as number);
  }
}

function math<Source>(name: MathFunction, args: readonly Evaluate<Source>[]): Evaluate<Source> {
  const [first, second, ...more] = args;
  const calculate: (...values: number[]) => number = Math[name];
  if (first !== undefined && second === undefined) return (source) => calculate(first(source) as number);
  if (first !== undefined && second !== undefined && more.length === 0) {
    return (source) => calculate(first(source) as number, second(source) as number);
  }
  return (source) => calculate(...args.map((arg) => arg(source) as number));
}

function unary<Source>(
  op: 'length' | 'toLowerCase' | 'toUpperCase' | 'trim' | 'getTime' | 'negate',
  arg: Evaluate<Source>,
): Evaluate<Source> {
  switch (op) {
    case 'length':
      return (source) => (arg(source) as string | readonly unknown[]).length;
    case 'toLowerCase':
      return (source) => (arg(source) as string).toLowerCase();
    case 'toUpperCase':
      return (source) => (arg(source) as string).toUpperCase();
    case 'trim':
      return (source) => (arg(source) as string).trim();
    case 'getTime':
      return (source) => Number(arg(source));
    case 'negate':
      return (source) => -(arg(source) as number);
  }
}

function objectOf<Source>(entries: readonly (readonly [string, Evaluate<Source>])[]): Evaluate<Source> {
  return (source) => {
    const object: Record<string, unknown> = {};
    for (const [name, value] of entries) object[name] = value(source);
    return object;
  };
}

function stringTest<Source>(
  op: 'startsWith' | 'endsWith' | 'stringIncludes',
  subject: Evaluate<Source>,
  argument: Evaluate<Source>,
): Evaluate<Source> {
  switch (op) {
    case 'startsWith':
      return (source) => (subject(source) as string).startsWith(argument(source) as string);
    case 'endsWith':
      return (source) => (subject(source) as string).endsWith(argument(source) as string);
    case 'stringIncludes':
      return (source) => (subject(source) as string).includes(argument(source) as string);
  }
}
