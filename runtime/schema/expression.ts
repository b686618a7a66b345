// A predicate as data: what an arrow is lowered to at compile time, what the object form parses to, what the planner reads.
// Plain JSON (so that it can stand in emitted code, be sent over a port, compared and cached); captured values are parameters.
// Each node means what the JavaScript of the same name means; query/evaluate.ts is that meaning as code.

/** Positional parameter: the value of captured expression number `index`. */
export interface Parameter {
  readonly op: 'param';
  readonly index: number;
}

/** A literal of the arrow's text. bigint and Date never stand here: they are captured as parameters. */
export interface Literal {
  readonly op: 'literal';
  readonly value: string | number | boolean | null;
}

/** `undefined` as written. */
export interface Undefined {
  readonly op: 'undefined';
}

/** A field of the row by its property path: `u.address.city` is `['address', 'city']`. Undefined where the way ends early. */
export interface FieldRef {
  readonly op: 'field';
  readonly path: readonly string[];
}

/**
 * The element that a `some` or `every` around this is looking at, or a field of it; its path may be empty.
 * `level` counts the `some` and `every` nodes around that one: 0 is the outermost.
 */
export interface ElementRef {
  readonly op: 'element';
  readonly level: number;
  readonly path: readonly string[];
}

export type CompareOp = '===' | '!==' | '<' | '<=' | '>' | '>=';

export interface Compare {
  readonly op: CompareOp;
  readonly left: Expression;
  readonly right: Expression;
}

/** The value of the first argument that decides, else of the last one, as in JavaScript. */
export interface Logical {
  readonly op: '&&' | '||';
  readonly args: readonly Expression[];
}

export interface Not {
  readonly op: '!';
  readonly arg: Expression;
}

/** `+` joins strings as well. */
export interface Arithmetic {
  readonly op: '+' | '-' | '*' | '/' | '%' | '??';
  readonly left: Expression;
  readonly right: Expression;
}

export interface Conditional {
  readonly op: '?:';
  readonly test: Expression;
  readonly yes: Expression;
  readonly no: Expression;
}

/** A template string: its texts and values in order. */
export interface Template {
  readonly op: 'template';
  readonly parts: readonly Expression[];
}

export type MathFunction = 'abs' | 'floor' | 'ceil' | 'round' | 'min' | 'max';

export interface MathCall {
  readonly op: 'math';
  readonly name: MathFunction;
  readonly args: readonly Expression[];
}

/** A property or method without arguments, of a string, an array or a Date; `-` is the sign. */
export interface Unary {
  readonly op: 'length' | 'toLowerCase' | 'toUpperCase' | 'trim' | 'getTime' | 'negate';
  readonly arg: Expression;
}

/** A string method of the row's field: `u.email.startsWith(x)`. */
export interface StringTest {
  readonly op: 'startsWith' | 'endsWith' | 'stringIncludes';
  readonly subject: Expression;
  readonly argument: Expression;
}

/** `/pattern/flags.test(subject)`; the flags g and y, which would remember earlier rows, don't stand here. */
export interface PatternTest {
  readonly op: 'test';
  readonly pattern: string;
  readonly flags: string;
  readonly subject: Expression;
}

/**
 * `u.tags.includes(x)` (subject is the row's array) and `ids.includes(u.id)` (subject is a captured array);
 * `set.has(u.id)` with a captured set.
 */
export interface Membership {
  readonly op: 'arrayIncludes' | 'setHas';
  readonly subject: Expression;
  readonly argument: Expression;
}

/** `subject.some(element => predicate)`: inside the predicate the element is an {@link ElementRef}. */
export interface Quantifier {
  readonly op: 'some' | 'every';
  readonly subject: Expression;
  readonly predicate: Expression;
}

/** An object literal, of what `select` or `groupBy` makes of a row: names and values in order. */
export interface ObjectLiteral {
  readonly op: 'object';
  readonly entries: readonly (readonly [name: string, value: Expression])[];
}

/** An array literal, likewise. */
export interface ArrayLiteral {
  readonly op: 'array';
  readonly items: readonly Expression[];
}

/** What an arrow computes of a row, as data: frozen, serializable, the same for every host that lowers it. */
export type Expression =
  | Parameter
  | Literal
  | Undefined
  | FieldRef
  | ElementRef
  | Compare
  | Logical
  | Not
  | Arithmetic
  | Conditional
  | Template
  | MathCall
  | Unary
  | StringTest
  | PatternTest
  | Membership
  | Quantifier
  | ObjectLiteral
  | ArrayLiteral;
