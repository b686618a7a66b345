// A lowered expression means what its arrow means: random predicates over the forms that are lowered, both ways over rows
// with every odd value. The expression is evaluated here by JavaScript's own operators, which is what its nodes stand for.
import fc from 'fast-check';
import ts from 'typescript';
import { expect, test } from 'vitest';
import type { Expression } from '../../runtime/query/expression.js';
import { lowerAll } from './lower.js';

const PREDICATES = 300;
const ROWS = 60;

const numbers = [0, -0, 1, -1.5, 18, Number.NaN, Number.POSITIVE_INFINITY, 1e-7, 2 ** 53];
const strings = ['', 'a', 'ab', 'b', 'Ä', '\u0000', '\ud800', '😀', 'vip'];
const dates = [new Date(0), new Date(1e12), new Date(Number.NaN)];

const number = fc.constantFrom(...numbers);
const string = fc.constantFrom(...strings);
const date = fc.constantFrom(...dates).map((d) => new Date(d));
const missing = <T>(value: fc.Arbitrary<T>, ...none: (null | undefined)[]) => fc.oneof(value, fc.constantFrom(...none));

const address = fc.record({
  city: string,
  zip: missing(string, undefined),
  geo: missing(fc.record({ lat: number, label: missing(string, undefined) }), undefined),
});
const row = fc.record({
  id: number,
  big: fc.bigInt({ min: -2n, max: 2n }),
  name: string,
  nick: missing(string, undefined),
  region: missing(string, null),
  both: missing(string, null, undefined),
  active: fc.boolean(),
  maybe: missing(fc.boolean(), undefined),
  score: number,
  rank: missing(number, undefined),
  seen: date,
  gone: missing(date, undefined),
  role: fc.constantFrom('admin', 'guest'),
  level: fc.constantFrom(1, 2, 3),
  tags: fc.array(string, { maxLength: 3 }),
  extra: missing(fc.array(string, { maxLength: 3 }), undefined),
  sizes: fc.array(number, { maxLength: 3 }),
  home: address,
  work: missing(address, undefined),
});

/** The captured values, by the names that the prelude of lower.ts declares. */
const captured = fc.record({
  id: number,
  text: string,
  since: date,
  ids: fc.array(number, { maxLength: 4 }),
  names: fc.array(string, { maxLength: 4 }),
  flag: fc.boolean(),
  maybeText: missing(string, undefined),
  range: fc.record({ min: missing(number, undefined), max: number }),
  big: fc.bigInt({ min: -2n, max: 2n }),
});

const order = fc.constantFrom('<', '<=', '>', '>=');
const equal = fc.constantFrom('===', '!==');
const any = fc.constantFrom('===', '!==', '<', '<=', '>', '>=');
const method = fc.constantFrom('startsWith', 'endsWith', 'includes');
const from = (...texts: string[]) => fc.constantFrom(...texts);
const form = (...parts: (string | fc.Arbitrary<string>)[]) =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((texts) => texts.join(' '));

const aNumber = from('0', '-1.5', '18', 'NaN', '-0', 'id', 'range.max', 'Math.abs(id)');
const aString = from("''", "'a'", "'vip'", 'text', 'text.toUpperCase()', 'u.name', 'u.home.city');
const simple = fc.oneof(
  form(from('u.id', 'u.score'), any, aNumber),
  form(aNumber, any, 'u.score'),
  form('u.big', any, from('1n', 'big')),
  form(from('u.name', 'u.home.city'), any, aString),
  form('u.seen', order, from('since', 'new Date(1e11)', 'u.seen')),
  form(
    from('u.nick', 'u.work?.city', 'u.work?.zip', 'u.work?.geo?.label'),
    equal,
    from('maybeText', "'a'", 'undefined'),
  ),
  form(from('u.region', 'u.both'), equal, from('null', 'text')),
  form(
    from('u.nick', 'u.region', 'u.both', 'u.gone', 'u.extra', 'u.work', 'u.work?.geo'),
    from('==', '!='),
    from('null', 'undefined'),
  ),
  form('(u.rank !== undefined &&', 'u.rank', order, aNumber, ')'),
  form('(u.work !== undefined &&', 'u.work.city', equal, aString, ')'),
  form('(u.gone !== undefined &&', 'u.gone', order, 'since)'),
  form('(range.min === undefined ||', 'u.score', order, 'range.min)'),
  form('u.role', equal, from('Role.Admin', "'guest'")),
  form('u.level', equal, from('1', '3')),
  form(from('u.active', 'u.maybe', 'flag', 'true', 'u.active === flag')),
  fc
    .tuple(from('u.name', 'u.home.city', 'u.nick?', 'u.both?', 'u.work?.city', 'u.work?.zip?'), method, aString)
    .map(([subject, name, argument]) => `${subject}.${name}(${argument})`),
  fc
    .tuple(from('u.tags', 'u.extra?'), from("'vip'", 'text', 'text.trim()'))
    .map(([subject, sought]) => `${subject}.includes(${sought})`),
  from('u.sizes.includes(id)', 'u.sizes.includes(NaN)', 'ids.includes(u.id)', 'names.includes(u.name)'),
  from("['a', text].includes(u.name)", '(ids.length === 0 || ids.includes(u.score))', '[1, 2].includes(u.level)'),
);
const { predicate } = fc.letrec<{ predicate: string }>((tie) => ({
  predicate: fc.oneof(
    { maxDepth: 3 },
    simple,
    form('(', tie('predicate'), from('&&', '||'), tie('predicate'), ')'),
    tie('predicate').map((inner) => `!(${inner})`),
  ),
}));

function evaluate(e: Expression, row: unknown, parameters: readonly unknown[]): unknown {
  const value = (inner: Expression) => evaluate(inner, row, parameters);
  switch (e.op) {
    case 'param':
      return parameters[e.index];
    case 'literal':
      return e.value;
    case 'undefined':
      return undefined;
    case 'field':
      return e.path.reduce<unknown>((at, name) => (at as Record<string, unknown> | null | undefined)?.[name], row);
    case '!':
      return !value(e.arg);
    case '&&':
      return e.args.every(value);
    case '||':
      return e.args.some(value);
    case 'startsWith':
      return (value(e.subject) as string).startsWith(value(e.argument) as string);
    case 'endsWith':
      return (value(e.subject) as string).endsWith(value(e.argument) as string);
    case 'stringIncludes':
      return (value(e.subject) as string).includes(value(e.argument) as string);
    case 'arrayIncludes':
      return (value(e.subject) as unknown[]).includes(value(e.argument));
    case '===':
      return value(e.left) === value(e.right);
    case '!==':
      return value(e.left) !== value(e.right);
    default: {
      const [left, right] = [value(e.left) as number, value(e.right) as number];
      return e.op === '<' ? left < right : e.op === '<=' ? left <= right : e.op === '>' ? left > right : left >= right;
    }
  }
}

test('over random predicates, rows and captured values', async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
  const texts = fc.sample(predicate, { numRuns: PREDICATES, seed });
  const { lowered } = lowerAll(texts.map((text) => `db.user.where(u => !!(${text}));`).join('\n'));
  // Some contradict themselves (`x === null && x.includes('')`), and then neither compile nor are lowered.
  expect(lowered.length, `SEED=${seed}`).toBeGreaterThan(PREDICATES * 0.9);

  const source = lowered.map(({ arrow, captured }) => {
    const parameters = captured.map((node) => node.getText()).join(', ');
    return `[(${arrow.getText()}), () => [${parameters}]]`;
  });
  const header = "const Role = { Admin: 'admin', Guest: 'guest' };";
  const names = 'id, text, since, ids, names, flag, maybeText, range, big';
  const module = `${header} export default ({ ${names} }) => [${source.join(',\n')}];`;
  const js = ts.transpileModule(module, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
  });
  const loaded: {
    default: (values: unknown) => [(row: unknown) => boolean, () => unknown[]][];
  } = await import(`data:text/javascript,${encodeURIComponent(js.outputText)}`);

  fc.assert(
    fc.property(captured, fc.array(row, { minLength: ROWS, maxLength: ROWS }), (values, rows) => {
      loaded.default(values).forEach(([arrow, capture], i) => {
        const { expression } = lowered[i]!;
        const parameters = capture();
        for (const each of rows) {
          const [meant, means] = [arrow(each), evaluate(expression, each, parameters)];
          if (meant !== !!means)
            throw new Error(`${lowered[i]!.arrow.getText()} is ${meant} of ${fc.stringify(each)}, SEED=${seed}`);
        }
      });
    }),
    { numRuns: 20, seed },
  );
});
