// The object form of a predicate, `{ isActive: true, score: { gt: 5 }, or: [...] }`: for queries built from data, such as
// the parameters of a request. It is checked key by key against the entity, so data from anywhere may be handed in.
import { QueryError } from '../errors.js';
import type { EntityModel, Field, FieldType, Slot } from '../schema/model.js';
import type { CompareOp, Expression, Lowered } from './expression.js';

type Primitive = string | number | bigint | boolean | null | undefined;

/** Operators on a value; several on one field are joined by "and". */
export type Operators<Value> = {
  readonly eq?: Value | undefined;
  readonly ne?: Value | undefined;
  readonly in?: readonly Value[];
} & (NonNullable<Value> extends string | number | bigint | Date
  ? {
      readonly lt?: NonNullable<Value>;
      readonly lte?: NonNullable<Value>;
      readonly gt?: NonNullable<Value>;
      readonly gte?: NonNullable<Value>;
    }
  : unknown) &
  (NonNullable<Value> extends string
    ? { readonly startsWith?: string; readonly endsWith?: string; readonly contains?: string }
    : unknown);

/** What may stand for one field. */
export type FieldCondition<Value> = unknown extends Value
  ? unknown
  : NonNullable<Value> extends readonly (infer Element)[]
    ? { readonly includes?: Element; readonly length?: number | Operators<number> } | Extract<Value, null | undefined>
    : NonNullable<Value> extends Primitive | Date
      ? Value | Operators<Value>
      : NonNullable<Value> extends Uint8Array
        ? Extract<Value, null | undefined>
        : ObjectForm<NonNullable<Value>> | Extract<Value, null | undefined>;

type Methods<Row> = { [Name in keyof Row]: Row[Name] extends (...args: never[]) => unknown ? Name : never }[keyof Row];

/**
 * A condition on rows as data: fields by name, all of which must hold, and `and`, `or`, `not`.
 * @example { isActive: true, score: { gte: 5, lt: 9 }, or: [{ name: 'Ann' }, { tags: { includes: 'vip' } }] }
 */
export type ObjectForm<Row> = {
  readonly [Name in Exclude<keyof Row, Methods<Row>>]?: FieldCondition<Row[Name]>;
} & {
  readonly and?: readonly ObjectForm<Row>[];
  readonly or?: readonly ObjectForm<Row>[];
  readonly not?: ObjectForm<Row>;
};

/** Conditions in all, `in` lists counted by element: what one request may cost. */
const MOST_CONDITIONS = 10_000;
/** `and`, `or`, `not` and embedded objects inside each other. */
const DEEPEST = 32;
/** Characters of a text that is sought inside others. */
const LONGEST_PATTERN = 10_000;

const COMPARE: Readonly<Record<string, CompareOp>> = { eq: '===', ne: '!==', lt: '<', lte: '<=', gt: '>', gte: '>=' };
const TEXT = { startsWith: 'startsWith', endsWith: 'endsWith', contains: 'stringIncludes' } as const;

/**
 * Reads an object form as an expression over the rows of `model`.
 * @throws QueryError QDB2110 for a key that is no field, QDB2111 for an operator that the field doesn't have, QDB2112 for
 * a value of another type, QDB2113 when it is larger than any query should be
 * @example lowerObject(userModel, { score: { gt: 5 } }).expression // score > 5
 */
export function lowerObject(model: EntityModel, form: unknown): Lowered {
  const reader = new ObjectReader(model.name);
  const expression = reader.fields(model.fields, form, [], 0);
  const { parameters } = reader;
  return { expression, parameters: () => parameters };
}

class ObjectReader {
  readonly parameters: unknown[] = [];
  private conditions = 0;
  private readonly entity: string;

  constructor(entity: string) {
    this.entity = entity;
  }

  fields(fields: readonly Field[], form: unknown, path: readonly string[], depth: number): Expression {
    if (depth > DEEPEST) throw this.tooLarge(`more than ${DEEPEST} levels`);
    const args = this.entries(form, path).map(([key, value]): Expression => {
      const field = fields.find(({ name }) => name === key);
      if (field !== undefined) return this.field(field, value, [...path, key], depth);
      if (key === 'not') return { op: '!', arg: this.fields(fields, value, path, depth + 1) };
      if (key !== 'and' && key !== 'or') {
        const names = fields.map(({ name }) => name).join(', ');
        throw new QueryError('QDB2110', `${this.at([...path, key])} is no field. There are: ${names}; and, or, not.`);
      }
      if (!Array.isArray(value)) throw this.mistaken([...path, key], 'a list of conditions', value);
      this.count(value.length);
      const branches = value.map((branch: unknown) => this.fields(fields, branch, path, depth + 1));
      return all(key === 'and' ? '&&' : '||', branches);
    });
    return all('&&', args);
  }

  private field(field: Field, value: unknown, path: readonly string[], depth: number): Expression {
    const subject: Expression = { op: 'field', path };
    if (value === null || value === undefined) return this.compare('===', subject, field, value, path);
    if (field.type.kind === 'embedded') return this.fields(field.type.fields, value, path, depth + 1);
    if (!isOperators(value)) return this.compare('===', subject, field, value, path);
    return all(
      '&&',
      this.entries(value, path).map(([name, operand]) => this.operator(field, subject, name, operand, path)),
    );
  }

  private operator(
    field: Slot,
    subject: Expression,
    name: string,
    value: unknown,
    path: readonly string[],
  ): Expression {
    const { type } = field;
    const at = [...path, name];
    if (type.kind === 'array') return this.arrayOperator(type.element, subject, name, value, at);
    const op = Object.hasOwn(COMPARE, name) ? COMPARE[name] : undefined;
    const isEquality = op === '===' || op === '!==';
    if ('encrypted' in field && field.encrypted !== null && !isEquality)
      throw this.unknownOperator(at, { kind: 'unknown' });
    if (op !== undefined && (isEquality ? isScalar(type) : isOrdered(type))) {
      if (!isEquality && (value === null || value === undefined)) throw this.mistaken(at, nameOf(type), value);
      return this.compare(op, subject, field, value, at);
    }
    if (name === 'in') {
      if (!Array.isArray(value)) throw this.mistaken(at, 'a list', value);
      return this.oneOf(subject, field, value, at);
    }
    if (isText(type) && Object.hasOwn(TEXT, name)) {
      if (typeof value !== 'string') throw this.mistaken(at, 'a string', value);
      if (value.length > LONGEST_PATTERN) throw this.tooLarge(`a text of more than ${LONGEST_PATTERN} characters`);
      const test: Expression = { op: TEXT[name as keyof typeof TEXT], subject, argument: this.parameter(value) };
      // A missing text has no beginning.
      return field.nullable || field.optional || path.length > 1 ? all('&&', [...present(subject), test]) : test;
    }
    throw this.unknownOperator(at, type);
  }

  private arrayOperator(
    element: Slot,
    subject: Expression,
    name: string,
    value: unknown,
    at: readonly string[],
  ): Expression {
    if (name === 'includes' && isScalar(element.type) && element.type.kind !== 'date') {
      this.check(element, value, at);
      return all('&&', [...present(subject), { op: 'arrayIncludes', subject, argument: this.parameter(value) }]);
    }
    if (name !== 'length') throw this.unknownOperator(at, { kind: 'array', element });
    const number: Slot = { type: { kind: 'float64' }, nullable: false, optional: false };
    const length: Expression = { op: 'length', arg: subject };
    const tests = isOperators(value)
      ? this.entries(value, at).map(([inner, operand]) => this.operator(number, length, inner, operand, at))
      : [this.compare('===', length, number, value, at)];
    return all('&&', [...present(subject), ...tests]);
  }

  /** A comparison that a row satisfies by its value: dates are equal when their times are, and nothing missing has an order. */
  private compare(op: CompareOp, subject: Expression, field: Slot, value: unknown, at: readonly string[]): Expression {
    this.count(1);
    this.check(field, value, at);
    const isEquality = op === '===' || op === '!==';
    if (isEquality && value instanceof Date) {
      // Both bounds, so that an index on the date is of use. An invalid date equals nothing.
      const right = this.parameter(value);
      const equal = all('&&', [
        ...present(subject),
        { op: '>=', left: subject, right },
        { op: '<=', left: subject, right },
      ]);
      return op === '===' ? equal : { op: '!', arg: equal };
    }
    const comparison: Expression = { op, left: subject, right: this.parameter(value) };
    return isEquality || !field.nullable ? comparison : all('&&', [...present(subject), comparison]);
  }

  private oneOf(subject: Expression, field: Slot, values: readonly unknown[], at: readonly string[]): Expression {
    if (field.type.kind === 'date') {
      return all(
        '||',
        values.map((value) => this.compare('===', subject, field, value, at)),
      );
    }
    this.count(values.length);
    for (const value of values) this.check(field, value, at);
    return { op: 'arrayIncludes', subject: this.parameter([...values]), argument: subject };
  }

  private parameter(value: unknown): Expression {
    return { op: 'param', index: this.parameters.push(value) - 1 };
  }

  /**
   * Own enumerable properties of an object; nothing inherited is ever looked at. What has none and is no plain object (a Map, a pattern, a
   * promise that nobody awaited) was not meant as "any row".
   */
  private entries(form: unknown, path: readonly string[]): [string, unknown][] {
    const isObject = typeof form === 'object' && form !== null && !Array.isArray(form) && !(form instanceof Date);
    const entries = isObject ? Object.entries(form) : [];
    if (!isObject || (entries.length === 0 && !isPlain(form))) throw this.mistaken(path, 'an object', form);
    this.count(entries.length);
    return entries;
  }

  private check(field: Slot, value: unknown, at: readonly string[]): void {
    // Null and undefined may be asked for everywhere: of a field that is always there, they find nothing.
    if (value === null || value === undefined || isOf(field.type, value)) return;
    throw this.mistaken(at, nameOf(field.type), value);
  }

  private count(conditions: number): void {
    this.conditions += conditions;
    if (this.conditions > MOST_CONDITIONS) throw this.tooLarge(`more than ${MOST_CONDITIONS} conditions`);
  }

  private at(path: readonly string[]): string {
    return [this.entity, ...path].map((name) => name.slice(0, 80)).join('.');
  }

  private unknownOperator(at: readonly string[], type: FieldType): QueryError {
    const known = operatorsOf(type);
    const advice = known.length === 0 ? 'Filter it with an arrow.' : `There are: ${known.join(', ')}.`;
    return new QueryError('QDB2111', `${this.at(at)} is no operator of this field. ${advice}`);
  }

  private mistaken(at: readonly string[], expected: string, value: unknown): QueryError {
    return new QueryError('QDB2112', `${this.at(at)} takes ${expected}, not ${kindOf(value)}.`);
  }

  private tooLarge(what: string): QueryError {
    return new QueryError(
      'QDB2113',
      `a condition on ${this.entity} holds ${what}. Ask for less, or in several queries.`,
    );
  }
}

function all(op: '&&' | '||', args: readonly Expression[]): Expression {
  const flat = args.flatMap((arg) => (arg.op === op ? arg.args : [arg]));
  const [only, ...others] = flat;
  if (only === undefined) return { op: 'literal', value: op === '&&' };
  return others.length === 0 ? only : { op, args: flat };
}

function present(subject: Expression): Expression[] {
  return [
    { op: '!==', left: subject, right: { op: 'literal', value: null } },
    { op: '!==', left: subject, right: { op: 'undefined' } },
  ];
}

/** Whether nothing but properties is in it: its prototype, if any, is the root. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'object' || isPlain(value)) return typeof value;
  return `a ${Object.prototype.toString.call(value).slice(8, -1)}`;
}

/** Whether a value of a field is an object of operators rather than a value to be equal to. */
function isOperators(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof Date);
}

function operatorsOf(type: FieldType): string[] {
  if (type.kind === 'array') return ['includes', 'length'];
  if (!isScalar(type)) return [];
  return [
    'eq',
    'ne',
    'in',
    ...(isOrdered(type) ? ['lt', 'lte', 'gt', 'gte'] : []),
    ...(isText(type) ? Object.keys(TEXT) : []),
  ];
}

function isText(type: FieldType): boolean {
  return type.kind === 'string' || (type.kind === 'enum' && type.values.every((value) => typeof value === 'string'));
}

function isScalar({ kind }: FieldType): boolean {
  return kind !== 'array' && kind !== 'embedded' && kind !== 'record' && kind !== 'bytes' && kind !== 'unknown';
}

function isOrdered(type: FieldType): boolean {
  return isScalar(type) && type.kind !== 'boolean';
}

function nameOf({ kind }: FieldType): string {
  if (kind === 'boolean' || kind === 'string') return `a ${kind}`;
  if (kind === 'int64' || kind === 'uint64' || kind === 'bigint') return 'a bigint';
  if (kind === 'date') return 'a Date';
  if (kind === 'enum') return 'a string or number';
  if (kind === 'array' || kind === 'record' || kind === 'bytes' || kind === 'unknown') return 'operators';
  return kind === 'embedded' ? 'an object' : 'a number';
}

function isOf(type: FieldType, value: unknown): boolean {
  switch (type.kind) {
    case 'boolean':
    case 'string':
      return typeof value === type.kind;
    case 'date':
      return value instanceof Date;
    case 'int64':
    case 'uint64':
    case 'bigint':
      return typeof value === 'bigint';
    case 'enum':
      return typeof value === 'string' || typeof value === 'number';
    case 'array':
    case 'bytes':
    case 'embedded':
    case 'record':
    case 'unknown':
      return false;
    default:
      return typeof value === 'number';
  }
}
