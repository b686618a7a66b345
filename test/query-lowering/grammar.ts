// Random predicates as source text: a grammar of every form that can be lowered, by the type of what each part gives.
import fc from 'fast-check';

type Text = fc.Arbitrary<string>;

const from = (...texts: string[]): Text => fc.constantFrom(...texts);
/** The parts one behind the other. */
const form = (...parts: (string | Text)[]): Text =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((texts) => texts.join(''));

const order = from(' < ', ' <= ', ' > ', ' >= ');
const equal = from(' === ', ' !== ');
const loose = from(' == ', ' != ');
const any = from(' === ', ' !== ', ' < ', ' <= ', ' > ', ' >= ');
const maybeString = from('u.nick', 'u.work?.city', 'u.work?.zip', 'u.work?.geo?.label', 'u.both');

interface Grammar {
  number: string;
  bigint: string;
  string: string;
  boolean: string;
}

const { boolean, number, string } = fc.letrec<Grammar>((tie: fc.LetrecTypedTie<Grammar>) => {
  const [number, bigint, string, boolean] = [tie('number'), tie('bigint'), tie('string'), tie('boolean')];
  const anyString = fc.oneof(string, maybeString);
  return {
    number: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      from('u.id', 'u.score', 'u.sizes.length', 'u.name.length', 'u.seen.getTime()'),
      from('0', '-1.5', '18', 'NaN', '-0', 'id', 'range.max', 'Math.abs(id)', 'next()', 'ids.length'),
      from(
        '(u.rank ?? 0)',
        '(u.nick?.length ?? -1)',
        '(u.work?.geo?.lat ?? id)',
        '(u.gone?.getTime() ?? 1)',
        '(u.extra?.length ?? 3)',
      ),
      form('(', number, from(' + ', ' - ', ' * ', ' / ', ' % '), number, ')'),
      form('-(', number, ')'),
      form('Math.', from('abs', 'floor', 'ceil', 'round'), '(', number, ')'),
      form('Math.', from('min', 'max'), '(', number, ', ', number, ')'),
      form('(', boolean, ' ? ', number, ' : ', number, ')'),
      form('(', string, ').length'),
    ),
    bigint: fc.oneof(
      { maxDepth: 2, depthSize: 'small' },
      from('u.big', '1n', '0n', 'big'),
      form('(', bigint, from(' + ', ' - ', ' * ', ' / ', ' % '), bigint, ')'),
      form('-(', bigint, ')'),
    ),
    string: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      from(
        'u.name',
        'u.home.city',
        'u.role',
        "''",
        "'a'",
        "'vip'",
        'text',
        'text.toUpperCase()',
        'Role.Admin',
        'text.concat("!")',
      ),
      form('(', maybeString, from(" ?? '')", ' ?? text)', '?.trim() ?? "")')),
      form('(', string, ').', from('trim', 'toLowerCase', 'toUpperCase'), '()'),
      form('(', string, ' + ', fc.oneof(string, number), ')'),
      form('`<${', fc.oneof(anyString, number, bigint, boolean), '}|${', anyString, '}`'),
      form('(', boolean, ' ? ', string, ' : ', string, ')'),
    ),
    boolean: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      from(
        'u.active',
        'flag',
        'true',
        'u.active === flag',
        'isActive(u)',
        '!!u.maybe',
        '!u.gone',
        '!!u.work',
        '!!u.nick',
        '!!u.score',
      ),
      form('(', number, any, number, ')'),
      form('(', bigint, any, bigint, ')'),
      form('((', string, ' as string)', any, '(', string, ' as string))'),
      form('(', maybeString, equal, from('maybeText', "'a'", 'undefined', 'u.name'), ')'),
      form('(', from('u.region', 'u.both'), equal, from('null', 'text'), ')'),
      form(
        '(',
        from(
          'u.nick',
          'u.region',
          'u.both',
          'u.gone',
          'u.extra',
          'u.work',
          'u.work?.geo',
          'u.work?.zip',
          'u.nick?.length',
        ),
        loose,
        from('null', 'undefined'),
        ')',
      ),
      form('(', from('u.seen', 'since', 'new Date(1e11)'), order, from('u.seen', 'since'), ')'),
      from('(u.gone !== undefined && u.gone > since)', '(u.gone! < since)', '(u.rank! >= id)', '(u.nick! > text)'),
      from('(u.rank !== undefined && u.rank % 2 === 0)', '(u.work !== undefined && u.work.city === text)'),
      from('(range.min === undefined || u.score > range.min)', '(maybeIds !== undefined && maybeIds.includes(u.id))'),
      from(
        '(limit !== undefined && u.score > id)',
        '(u.any === 1)',
        '(u.any === text)',
        '(u.level !== 2)',
        '(u.level > 1)',
      ),
      form('(', anyString, equal, anyString, ')'),
      form('(', string, ').', from('startsWith', 'endsWith', 'includes'), '(', string, ')'),
      form(
        '!!',
        from('u.nick', 'u.both', 'u.work?.city', 'u.work?.zip'),
        '?.',
        from('startsWith', 'endsWith', 'includes'),
        '(',
        string,
        ')',
      ),
      form(from('/^a/', '/[A-Z]/i', '/v.p$/u', '/\\u0000|b/g', 'PATTERN'), '.test(', string, ')'),
      form(from('u.tags', 'names', "['a', text]"), '.includes(', string, ')'),
      form(from('u.sizes', 'ids', '[1, NaN, 0]'), '.includes(', number, ')'),
      form('(u.extra?.includes(', string, ') ?? flag)'),
      form('idSet.has(', number, ')'),
      form(
        'u.tags.',
        from('some', 'every'),
        '(t => ',
        from('t === u.name', "t.startsWith('a')", 'names.includes(t)', 't.length > id', '/a/.test(t)'),
        ')',
      ),
      form('ids.', from('some', 'every'), '(x => ', from('x === u.id', 'x > u.score', 'u.sizes.includes(x)'), ')'),
      form(
        'u.items.',
        from('some', 'every'),
        '(',
        from(
          'i => i.city === text',
          '({ city }) => city < u.name',
          'i => i.geo?.lat === 1',
          'i => u.tags.some(t => t === i.city)',
          'i => i.zip != null',
        ),
        ')',
      ),
      form('u.dates.', from('some', 'every'), '(d => d >= since)'),
      form('(u.extra?.some(t => t === ', string, ') ?? false)'),
      form('(', boolean, from(' && ', ' || '), boolean, ')'),
      form('!(', boolean, ')'),
      form('(', boolean, ' ? ', boolean, ' : ', boolean, ')'),
      form('(', boolean, equal, boolean, ')'),
      form('(u.name === null ? ', boolean, ' : ', boolean, ')'),
    ),
  };
});

/** An arrow over the row `u`, in one of the forms that arrows have. */
export const predicate: Text = fc.oneof(
  { weight: 8, arbitrary: form('u => ', boolean) },
  form('(u) => { return ', boolean, '; }'),
  form('u => !!(', fc.oneof(number, string), ')'),
  from('isActive', '({ active, score: s }) => active && s > id'),
  form(
    '({ name, home: { city }, score }) => ',
    from('name === city', 'score > id && name.includes(text)', '!!name || score > 1'),
  ),
);
