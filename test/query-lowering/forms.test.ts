// Which arrows are lowered, and to what: one line per form. `null` is an arrow that is left alone and scans.
import ts from 'typescript';
import { expect, test } from 'vitest';
import { editOf } from '../../transformer/query/index.js';
import { lower, lowerAll, showLowering } from './lower.js';

const LOWERED: Record<string, [arrow: string, expression: string][]> = {
  'comparisons, the field to the left': [
    ['u => u.id === 5', '(=== id 5)'],
    ['u => 5 < u.score', '(> score 5)'],
    ['u => -1.5 >= u.score', '(<= score -1.5)'],
    ['u => u.name !== "a"', '(!== name "a")'],
    ['u => u.id === u.score', '(=== id score)'],
    ['u => u["a-b"] > 1', '(> a-b 1)'],
    ['u => u.name < `b`', '(< name "b")'],
    ['(u) => (u.score as number) >= (id)', '(>= score $id)'],
    ['u => u.active === false', '(=== active false)'],
    ['u => u.big > 10n', '(> big $10n)'],
    ['u => u.score === -0', '(=== score $-0)'],
    ['u => u.score !== NaN', '(!== score $NaN)'],
  ],
  'logic and boolean fields': [
    ['u => u.active', 'active'],
    ['u => u.maybe', 'maybe'],
    ['u => !u.active', '(! active)'],
    ['u => u.active && (u.id > 1 && u.id < 9)', '(&& active (> id 1) (< id 9))'],
    ['u => u.active || u.id > 1 && !(u.id < 9)', '(|| active (&& (> id 1) (! (< id 9))))'],
    ['u => true', 'true'],
    ['u => flag && u.active', '(&& $flag active)'],
  ],
  'null and undefined': [
    ['u => u.region === null', '(=== region null)'],
    ['u => u.nick !== undefined', '(!== nick undefined)'],
    ['u => u.nick == null', '(=== nick undefined)'],
    ['u => null != u.region', '(!== region null)'],
    ['u => u.both == undefined', '(|| (=== both null) (=== both undefined))'],
    ['u => u.both != null', '(&& (!== both null) (!== both undefined))'],
    ['u => u.work === undefined', '(=== work undefined)'],
    ['u => u.gone == null', '(=== gone undefined)'],
    ['u => u.nick === maybeText', '(=== nick $maybeText)'],
    ['u => u.rank !== undefined && u.rank > 3', '(&& (!== rank undefined) (> rank 3))'],
  ],
  strings: [
    ['u => u.name.startsWith("a")', '(startsWith name "a")'],
    ['u => u.name.endsWith(text)', '(endsWith name $text)'],
    ['u => u.name.includes(u.name)', '(stringIncludes name name)'],
    ['u => !!u.nick?.includes("x")', '(! (! (&& (!== nick undefined) (stringIncludes nick "x"))))'],
    ['u => u.both?.startsWith("x")', '(&& (!== both null) (!== both undefined) (startsWith both "x"))'],
    ['u => u.nick !== undefined && u.nick.startsWith("x")', '(&& (!== nick undefined) (startsWith nick "x"))'],
    ['u => u.work?.city.startsWith("x")', '(&& (!== work.city undefined) (startsWith work.city "x"))'],
  ],
  membership: [
    ['u => u.tags.includes("vip")', '(arrayIncludes tags "vip")'],
    ['u => u.sizes.includes(id)', '(arrayIncludes sizes $id)'],
    ['u => !!u.extra?.includes(text)', '(! (! (&& (!== extra undefined) (arrayIncludes extra $text))))'],
    ['u => ids.includes(u.id)', '(arrayIncludes $ids id)'],
    ['u => ["a", "b"].includes(u.name)', '(arrayIncludes $["a", "b"] name)'],
    ['u => names.includes(u.home.city)', '(arrayIncludes $names home.city)'],
    ['u => ids.length === 0 || ids.includes(u.id)', '(|| $ids.length === 0 (arrayIncludes $ids id))'],
  ],
  'embedded fields': [
    ['u => u.home.city === "Bern"', '(=== home.city "Bern")'],
    ['u => u.work?.city === "Bern"', '(=== work.city "Bern")'],
    ['u => u.work?.geo?.lat === 1', '(=== work.geo.lat 1)'],
    ['u => u.work !== undefined && u.work.city === "x"', '(&& (!== work undefined) (=== work.city "x"))'],
    ['u => u.home!.city === "x"', '(=== home.city "x")'],
  ],
  'dates and enums': [
    ['u => u.seen > since', '(> seen $since)'],
    ['u => u.seen >= new Date(Date.now() - 1000)', '(>= seen $new Date(Date.now() - 1000))'],
    ['u => u.role === Role.Admin', '(=== role "admin")'],
    ['u => u.level !== 2', '(!== level 2)'],
    ['u => [Role.Admin].includes(u.role)', '(arrayIncludes $[Role.Admin] role)'],
  ],
  'captured expressions': [
    ['u => u.id === this.id', '(=== id $this.id)'],
    ['u => u.score > range.max * 2', '(> score $range.max * 2)'],
    ['u => range.min === undefined || u.score > range.min', '(|| $range.min === undefined (> score $range.min))'],
    ['u => u.name === text.trim().toLowerCase()', '(=== name $text.trim().toLowerCase())'],
    ['u => u.id > id && u.score > id', '(&& (> id $id) (> score $id))'],
    ['u => u.id === next()', '(=== id $next())'],
    [
      'u => maybeIds !== undefined && maybeIds.includes(u.id)',
      '(&& $maybeIds !== undefined (arrayIncludes $maybeIds id))',
    ],
    [`u => u.name === \`\${text}!\``, `(=== name $\`\${text}!\`)`],
    ['u => u.score > Math.max(id, 3)', '(> score $Math.max(id, 3))'],
  ],
  'computed values': [
    ['u => u.name.length > 3', '(> (length name) 3)'],
    ['u => u.tags.length === u.sizes.length', '(=== (length tags) (length sizes))'],
    ['u => u.name.trim().toLowerCase() === text', '(=== (toLowerCase (trim name)) $text)'],
    ['u => -u.score % 2 + 1 > u.id * 3 / 4 - 1', '(> (+ (% (negate score) 2) 1) (- (/ (* id 3) 4) 1))'],
    ['u => Math.max(Math.abs(u.id), u.score, 3) > 1', '(> (max (abs id) score 3) 1)'],
    ['u => u.big * 2n > big', '(> (* big $2n) $big)'],
    ['u => u.seen.getTime() > 5', '(> (getTime seen) 5)'],
    ['u => u.name + u.score === "a1"', '(=== (+ name score) "a1")'],
    [`u => \`\${u.nick}-\${u.id}!\` === text`, '(=== (template nick "-" id "!") $text)'],
    ['u => (u.nick ?? "x") === "x"', '(=== (?? nick "x") "x")'],
    ['u => u.nick?.length === 3', '(=== (? (=== nick undefined) undefined (length nick)) 3)'],
    [
      'u => u.nick?.trim().length! > 3',
      '(> (? (=== (? (=== nick undefined) undefined (trim nick)) undefined) undefined (length (? (=== nick undefined) undefined (trim nick)))) 3)',
    ],
    ['u => u.active ? u.id > 1 : false', '(? active (> id 1) false)'],
    ['u => (u.id > 1) === u.active', '(=== active (> id 1))'],
    ['u => u.any === 1', '(=== any 1)'],
    ['u => u.rank! > 3', '(> rank 3)'],
    ['u => u.id === anything', '(=== id $anything)'],
    ['u => u.id == id', '(=== id $id)'],
    ['u => u.role > "a"', '(> role "a")'],
    ['u => u.level > 1', '(> level 1)'],
  ],
  'truth of any value': [
    ['u => u.name', 'name'],
    ['u => !u.gone', '(! (!== gone undefined))'],
    ['u => !!u.work && u.work.city === "x"', '(&& (! (! (!== work undefined))) (=== work.city "x"))'],
    ['u => u.both || u.tags.length', '(|| both (length tags))'],
  ],
  'arrays by element': [
    ['u => u.tags.some(t => t === text)', '(some tags (=== @0 $text))'],
    ['u => u.items.every(({ city }) => city === u.name)', '(every items (=== @0.city name))'],
    ['u => u.items.some(i => u.tags.some(t => t === i.city))', '(some items (some tags (=== @1 @0.city)))'],
    ['u => !!u.extra?.some(t => t.length > 2)', '(! (! (&& (!== extra undefined) (some extra (> (length @0) 2)))))'],
    ['u => ids.some(x => x > u.id)', '(some $ids (> @0 id))'],
    ['u => u.dates.some(d => d > since)', '(some dates (> @0 $since))'],
  ],
  'sets and patterns': [
    ['u => idSet.has(u.id)', '(setHas $idSet id)'],
    ['u => /^a/gi.test(u.name)', '(/^a/i name)'],
    ['u => PATTERN.test(u.name)', '(/^a/i name)'],
  ],
  'predicates by name': [
    ['isActive', '(&& active (> score $id))'],
    ['u => isActive(u) && u.id > 1', '(&& active (> score $id) (> id 1))'],
    ['u => !isActive(u)', '(! (&& active (> score $id)))'],
  ],
  'forms of the arrow': [
    ['() => true', 'true'],
    ['({ active, score: s }) => active && s > 1', '(&& active (> score 1))'],
    ['({ home: { city } }) => city === "x"', '(=== home.city "x")'],
    ['u => { return u.active; }', 'active'],
    ['(u: User) => (u.active)', 'active'],
  ],
};

const LEFT_ALONE: Record<string, string[]> = {
  'identity, not value': [
    'u => u.seen === since',
    'u => u.bytes === u.bytes',
    'u => u.home === u.home',
    'u => u.dates.includes(since)',
  ],
  'it may throw': [
    'u => u.work!.city === "x"',
    'u => u.nick!.startsWith("x")',
    'u => u.work?.geo!.lat === 1',
    'u => (u.work?.city)!.length > 1',
    'u => limit !== undefined && u.score > limit.value',
    'u => limit !== undefined && u.tags.some(t => t.length > limit.value)',
    'u => u.active && u.big > big / 0n',
    '({ work: { city } }) => city === "x"',
  ],
  conversions: [
    'u => u.name.startsWith(anything)',
    'u => u.any > anything',
    'u => u.nick == u.name',
    'u => u.score > "1"',
  ],
  'side effects and calls': [
    'u => u.id === counter++',
    'u => u.id === (counter = 3)',
    'u => u.isVip()',
    'u => Math.random() > u.score',
    'async u => u.active',
    'u => u.id === ids.pop()',
    'u => u.tags.reverse().includes("x")',
    'u => u.name.localeCompare(text) > 0',
  ],
  'what is no stored field': ['u => u.label === "x"', 'u => u.hidden === "x"', 'u => u.cells.a === 1'],
  'encrypted fields': ['u => u.secret > "a"', 'u => u.secret.startsWith("a")', 'u => /a/.test(u.secret)'],
  'patterns that remember': [
    'u => GLOBAL.test(u.name)',
    'u => /a/y.test(u.name)',
    'u => new RegExp(text).test(u.name)',
  ],
  'other forms': [
    'u => u.tags.includes("a", 1)',
    'u => u.name.startsWith("a", 1)',
    'u => u.tags.some((t, i) => i > 0)',
    'function (u) { return u.active; }',
    '({ active = true }) => active',
    '({ active, ...rest }) => active',
    'u => { const x = u.id; return x > 1; }',
    'isVip',
    'u => isVip(u)',
  ],
};

function lowerMany(arrows: readonly string[]): [string, string | null][] {
  const { lowered } = lowerAll(arrows.map((arrow) => `db.user.where(${arrow});`).join('\n'), {}, false);
  return arrows.map((arrow, i) => [arrow, showLowering(lowered[i]!)]);
}

for (const [title, cases] of Object.entries(LOWERED)) {
  test(title, () => {
    expect(lowerMany(cases.map(([arrow]) => arrow))).toEqual(cases);
  });
}

for (const [title, arrows] of Object.entries(LEFT_ALONE)) {
  test(`left alone: ${title}`, () => {
    expect(lowerMany(arrows)).toEqual(arrows.map((arrow) => [arrow, null]));
  });
}

test('without strictNullChecks, only the schema says what is there', () => {
  const loose = { strict: false };
  expect(lower('u => u.name.startsWith("a")', loose)).toBe('(startsWith name "a")');
  expect(lower('u => u.nick.startsWith("a")', loose)).toBeNull();
  expect(lower('u => u.nick !== undefined && u.nick.startsWith("a")', loose)).toBeNull();
});

test('only methods of ours, over entities, with the arrow alone', () => {
  const { lowered, errors } = lowerAll(`
    db.user.where(u => u.active).where(v => v.id > 1);
    db.user.filter(u => u.active);
    db.stranger.where(s => s.id === 1);
    list.where(u => u.active);
    [db.user].filter(d => d === db.user);
    db.user.where(u => u.active, undefined);
    db.user.where(u => u.isVip());
  `);
  expect(errors).toEqual([]);
  expect(lowered.map(({ predicate }) => predicate.getText())).toEqual([
    'v => v.id > 1',
    'u => u.active',
    'u => u.isVip()',
  ]);
});

test('a predicate that is left alone says so', () => {
  const { lowered } = lowerAll('db.user.where(u => u.isVip());');
  expect(editOf(ts, lowered[0]!).text).toBe(', null');
});

test('the edit stands behind the arrow and evaluates captured expressions in their own text', () => {
  const { lowered } = lowerAll('db.user.where(u => u.seen > since && u.id !== this.id);');
  const edit = editOf(ts, lowered[0]!);
  expect(edit.position).toBe(lowered[0]!.predicate.getEnd());
  expect(edit.text).toBe(
    ', { expression: {"op":"&&","args":[{"op":">","left":{"op":"field","path":["seen"]},"right":{"op":"param","index":0}},' +
      '{"op":"!==","left":{"op":"field","path":["id"]},"right":{"op":"param","index":1}}]}, parameters: () => [since, this.id] }',
  );
});
