// Identifiers and literals of generated source: the only door through which text of the user's code (names, strings) gets
// into it, so that nothing is ever pasted unescaped.

/** Globals that generated code uses: a user's class of that name is imported under another one. */
const GLOBALS = [
  'Array',
  'BigInt',
  'Buffer',
  'Date',
  'Map',
  'Math',
  'Number',
  'Object',
  'Promise',
  'ReadonlyArray',
  'Record',
  'Set',
  'String',
  'Symbol',
  'Uint8Array',
];

/** Constants of generated modules that the emitters name themselves. */
export const OWN_NAMES: ReadonlySet<string> = new Set(['heap', 'text']);

/** Words that are no identifiers in a strict module, or that would confuse there. */
const RESERVED = new Set(
  (
    'any arguments as async await boolean break case catch class const constructor continue debugger declare default delete do ' +
    'else enum eval export extends false finally for from function get if implements import in instanceof interface is let ' +
    'module namespace never new null number object of package private protected public readonly require return set static ' +
    'string super switch symbol this throw true try type typeof undefined unknown var void while with yield bigint'
  ).split(' '),
);

const PLAIN = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

/** Whether `name` may stand behind a dot, and as an unquoted key of an object literal or interface. */
export function isPlainName(name: string): boolean {
  return PLAIN.test(name) && name !== '__proto__' && name !== 'constructor';
}

/** A string literal that holds any text: controls, quotes, U+2028 and lone surrogates are escaped. */
export function literal(text: string): string {
  const json = JSON.stringify(text).replace(
    ODD_CHARACTERS,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  if (text.includes("'")) return json;
  return `'${json.slice(1, -1).replaceAll('\\"', '"')}'`;
}

/** What JSON leaves as it is, but editors and older parsers trip over. */
const ODD_CHARACTERS = /[\u007f-\u009f\u2028\u2029\ufeff]/g;

/** Text made harmless inside a comment: one line, and no end of comment. */
export function commentText(text: string): string {
  return text.replaceAll('*/', '*\\/').replace(/[\s\p{Cc}]+/gu, ' ');
}

/** `object.name`, or `object['na-me']`. */
export function member(object: string, name: string): string {
  return isPlainName(name) ? `${object}.${name}` : `${object}[${literal(name)}]`;
}

/** The key of a property in a type: `name` or `'na-me'`. */
export function typeKey(name: string): string {
  return isPlainName(name) ? name : literal(name);
}

/** The key of a property in an object literal; `__proto__` is computed, for there it would set the prototype. */
export function objectKey(name: string): string {
  return name === '__proto__' ? `['__proto__']` : typeKey(name);
}

/** The first letter in lower case: `OrderLine` to `orderLine`. */
export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** A set of identifiers in which none is given out twice. */
export class Scope {
  private readonly taken: Set<string>;

  constructor(taken: Iterable<string> = []) {
    this.taken = new Set(taken);
  }

  /** A free identifier as near to `wanted` (any text) as can be: `a-b` gives `aB`, a second one `aB2`. */
  declare(wanted: string): string {
    const words = wanted.replace(
      /[^\p{ID_Continue}$]+(.)?/gu,
      (_, next: string | undefined) => next?.toUpperCase() ?? '',
    );
    const base = /^[\p{ID_Start}_$]/u.test(words) ? words : `_${words}`;
    let name = base;
    for (let n = 2; this.taken.has(name) || RESERVED.has(name); n++) name = `${base}${n}`;
    this.taken.add(name);
    return name;
  }

  /** A scope inside this one: it sees these names, and what it declares stays in it. */
  nested(): Scope {
    return new Scope(this.taken);
  }
}

/** The top level of one generated module: what it declares, and what it imports from the runtime. */
export class ModuleScope extends Scope {
  private readonly imports = new Map<string, { local: string; typeOnly: boolean }>();

  constructor() {
    super([...GLOBALS, ...OWN_NAMES]);
  }

  /** The local identifier of a value that the runtime exports. */
  value(name: string): string {
    return this.use(name, false);
  }

  /** The local identifier of a type that the runtime exports. */
  type(name: string): string {
    return this.use(name, true);
  }

  private use(name: string, typeOnly: boolean): string {
    const known = this.imports.get(name);
    if (known !== undefined) {
      known.typeOnly &&= typeOnly;
      return known.local;
    }
    const local = this.declare(name);
    this.imports.set(name, { local, typeOnly });
    return local;
  }

  /** The import statement of all that was used, sorted; empty when nothing was. Call it after everything else is emitted. */
  importStatement(from: string): string {
    const names = [...this.imports].sort(([a], [b]) => (a < b ? -1 : 1));
    if (names.length === 0) return '';
    const specifiers = names.map(
      ([name, { local, typeOnly }]) => `${typeOnly ? 'type ' : ''}${name === local ? name : `${name} as ${local}`}`,
    );
    const line = `import { ${specifiers.join(', ')} } from ${literal(from)};`;
    return line.length <= 120
      ? line
      : `import {\n${specifiers.map((s) => `  ${s},\n`).join('')}} from ${literal(from)};`;
  }
}
