// What generated validators answer with: the first thing that is wrong with a value, as a path and a sentence.
import { ValidationError } from '../errors.js';

/** The code of each kind of problem. */
const CODES = {
  /** The value is of another type. */
  type: 'QDB1101',
  /** A required property is missing. */
  missing: 'QDB1102',
  /** A number doesn't fit the width it is stored in. */
  range: 'QDB1103',
  /** The value is none of an enum's. */
  choice: 'QDB1104',
  /** The value cannot be stored at all: a function, a class instance that is not marked, too deep nesting. */
  storable: 'QDB1105',
} as const;

/** Longest string of a value that a message quotes, in characters. */
const QUOTED = 40;

/** The first misfit of an input. Plain and cheap: its sentence is made when someone asks for it. */
export class Problem {
  constructor(
    private readonly kind: keyof typeof CODES,
    /** `User.tags[3]` */
    readonly path: string,
    private readonly expected: string,
    /** What came instead. */
    readonly value: unknown,
  ) {}

  /** `QDB11xx` */
  get code(): string {
    return CODES[this.kind];
  }

  /** What was expected and what came: `must be a string, but is the number 5`. */
  get message(): string {
    return `must be ${this.expected}, but is ${describe(this.value)}`;
  }

  /** The same problem of a value that stands at `path`. */
  inside(path: string): Problem {
    return new Problem(this.kind, path + this.path, this.expected, this.value);
  }

  toError(): ValidationError {
    return new ValidationError(this.code, this.path, `${this.message}.`);
  }
}

/** A value of another type, or a missing one. */
export function wrongType(path: string, expected: string, value: unknown): Problem {
  return new Problem(value === undefined ? 'missing' : 'type', path, expected, value);
}

/** A number of the right type that doesn't fit its width; a value of another type is told as such. */
export function outOfRange(path: string, expected: string, value: unknown): Problem {
  if (typeof value === 'number' || typeof value === 'bigint') return new Problem('range', path, expected, value);
  return wrongType(path, expected, value);
}

/** None of an enum's values. */
export function noChoice(path: string, expected: string, value: unknown): Problem {
  return value === undefined ? wrongType(path, expected, value) : new Problem('choice', path, expected, value);
}

/** A value that cannot be stored. */
export function notStorable(path: string, value: unknown): Problem {
  const expected =
    'made of null, booleans, numbers, bigints, strings, Dates, Uint8Arrays, arrays and plain objects, 200 deep at most';
  return new Problem('storable', path, expected, value);
}

/** The path of an element: `User.tags[3]`; of an entry: `User.notes["a b"]`. */
export function elementPath(path: string, key: number | string): string {
  return `${path}[${typeof key === 'number' ? key : JSON.stringify(key)}]`;
}

/** A property that is the object's own, for names that Object.prototype has too; undefined where it is not. */
export function own<T extends object, K extends keyof T>(object: T, key: K): T[K] {
  return Object.hasOwn(object, key) ? object[key] : (undefined as T[K]);
}

function describe(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'missing';
    case 'string':
      return `the string ${JSON.stringify(value.length > QUOTED ? `${value.slice(0, QUOTED)}…` : value)}`;
    case 'number':
      return `the number ${Object.is(value, -0) ? '-0' : value}`;
    case 'bigint':
      return `the bigint ${value}n`;
    case 'boolean':
      return `${value}`;
    case 'object':
      return describeObject(value);
    default:
      return `a ${typeof value}`;
  }
}

function describeObject(value: object | null): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null;
  const name = prototype?.constructor?.name;
  return typeof name === 'string' && name !== '' && name !== 'Object' ? `a ${name}` : 'an object';
}
