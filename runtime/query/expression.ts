// A predicate as data: what an arrow is lowered to at compile time, what the object form parses to, what the planner reads.
// Plain JSON (so that it can stand in emitted code, be sent over a port, compared and cached); captured values are parameters.

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

/** A field of the row by its property path: `u.address.city` is `['address', 'city']`. `optional` marks `?.` on the way. */
export interface FieldRef {
  readonly op: 'field';
  readonly path: readonly string[];
}

export type CompareOp = '===' | '!==' | '<' | '<=' | '>' | '>=';

export interface Compare {
  readonly op: CompareOp;
  readonly left: Expression;
  readonly right: Expression;
}

export interface Logical {
  readonly op: '&&' | '||';
  readonly args: readonly Expression[];
}

export interface Not {
  readonly op: '!';
  readonly arg: Expression;
}

/** A string method of the row's field: `u.email.startsWith(x)`. */
export interface StringTest {
  readonly op: 'startsWith' | 'endsWith' | 'stringIncludes';
  readonly subject: Expression;
  readonly argument: Expression;
}

/** `u.tags.includes(x)` (subject is the row's array) and `ids.includes(u.id)` (subject is a captured array). */
export interface ArrayIncludes {
  readonly op: 'arrayIncludes';
  readonly subject: Expression;
  readonly argument: Expression;
}

export type Expression =
  | Parameter
  | Literal
  | Undefined
  | FieldRef
  | Compare
  | Logical
  | Not
  | StringTest
  | ArrayIncludes;

/** What the compiler hands to `where` beside the arrow. */
export interface Lowered {
  readonly expression: Expression;
  /** Evaluates the captured expressions, in parameter order, when the query runs. */
  readonly parameters: () => readonly unknown[];
}
