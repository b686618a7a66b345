// Every finding about a query: the code that brings it about, its place and its words, as golden files beside this test.
import { expect, test } from 'vitest';
import { lowerAll, showLowering } from './lower.js';

const CASES: Readonly<Record<string, readonly string[]>> = {
  QDB2001: [
    'db.user.where(u => u.hidden === "x");',
    'db.user.where(u => (u as any).missing === 1);',
    'db.user.where(({ hidden }) => !!hidden);',
    'db.user.sortBy(u => u.hidden);',
    'db.user.sortBy(u => u.label);',
    'db.user.sortBy(u => u.home.city).thenBy(u => u.tags.length);',
  ],
  QDB2002: ['db.user.where(u => u.label === "x");'],
  QDB2003: [
    'db.user.where(u => u.secret > "a");',
    'db.user.where(u => u.secret.startsWith("a"));',
    'db.user.where(u => /a/.test(u.secret));',
    'db.user.where(u => u.secret.toLowerCase() > "a");',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source text
    'db.user.where(u => "a" < `${u.secret}!`);',
    'db.user.where(u => u.secret.trim().includes("a"));',
    'db.user.sortBy(u => u.secret);',
    'db.user.sortBy(u => u.name).thenBy(u => u.secret);',
    'db.user.max(u => u.secret);',
  ],
  QDB2004: [
    'db.user.where(u => (u.score as any) > "1");',
    'db.user.where(u => u.active > flag);',
    'db.user.where(u => u.id * (u.big as any) > 1);',
  ],
  QDB2005: ['db.user.where(u => u.any! > anything);', 'db.user.where(u => u.name.startsWith(anything));'],
  QDB2006: [
    'db.user.where(u => u.isVip());',
    'db.user.where(u => u.name.localeCompare("x") > 0);',
    'db.user.where(u => isVip(u));',
  ],
  QDB2007: [
    'db.user.where(u => u.id === counter++);',
    'db.user.where(u => u.score > Math.random());',
    'db.user.where(u => { counter = u.id; return true; });',
    'db.user.where(u => (u.name = "x") === "x");',
  ],
  QDB2008: [
    'db.user.where((async u => u.active) as any);',
    'db.user.where((async u => (await text) === u.name) as any);',
  ],
  QDB2009: [
    'let least = 1; const later = db.user.where(u => u.score > least); least = 2; await later.toArray();',
    'let now = 1; await db.user.where(u => u.score > now).toArray(); now = 2;',
    'let round = 1; const kept = []; for (const x of ids) { round++; kept.push(db.user.where(u => u.id === round && u.score > x)); }',
    'let each = 1; const kept = []; for (each of ids) kept.push(db.user.where(u => u.id === each));',
    'let one = 1; const later = db.user.where(u => u.id === one); [one] = ids; await later.toArray();',
    'let two = 1; const later = db.user.where(u => u.id === two); ({ value: two } = limit!); await later.toArray();',
    'const kept = []; for (let i = 0; i < 3; i++) kept.push(db.user.where(u => u.id === i));',
  ],
  QDB2010: [
    'db.user.where(u => u.seen === since);',
    'db.user.where(u => u.name === null);',
    'db.user.where(u => (u.level as number) === 4);',
    'db.user.where(u => u.dates.includes(since));',
    'db.user.where(u => (u.id as any) === "5");',
    'db.user.where(u => u.score > NaN || u.score === Number.NaN);',
  ],
  QDB2011: [
    'db.user.where(u => u.work!.city === "x");',
    'db.user.where(u => u.nick!.startsWith("x"));',
    'db.user.where(({ work: { city } }) => city === "x");',
  ],
  QDB2012: [
    'db.user.where(function (u) { return u.active; });',
    'db.user.where(u => { const x = u.id; return x > 1; });',
    'db.user.where(({ active = true }) => active);',
    'db.user.where(u => GLOBAL.test(u.name));',
    'db.user.where(isVip);',
  ],
  QDB2013: ['db.user.where(u => limit !== undefined && u.score > limit.value);'],
  QDB2014: [
    '{ const least = 3; var local = (row: User) => row.score > least; const named = (row: User) => row.score > least; { const least = 4; db.user.where(named); } }',
  ],
};

for (const [code, statements] of Object.entries(CASES)) {
  test(code, async () => {
    const texts = statements.map((statement) => {
      const { findings } = lowerAll(statement, {}, false);
      return `${statement}\n${findings.map((finding) => `  ${finding}\n`).join('')}`;
    });
    expect(texts.join('\n')).toContain(code);
    await expect(texts.join('\n')).toMatchFileSnapshot(`./cases/${code}.txt`);
  });
}

test('QDB2015', async () => {
  const served = [
    'u => u.id === 5',
    'u => [1, 2].includes(u.id) && u.active',
    'u => u.id > 1 || u.id === 0',
    'u => 3 < u.id',
  ];
  const unserved = [
    'u => u.active',
    'u => u.score > 1 || u.id > 5',
    'u => u.home.city === "x"',
    'u => u.score > u.rank!',
  ];
  const warned = (arrow: string, entity: string) =>
    lowerAll(`db.user.where(${arrow});`, {}, false, { warnsOfScans: (name) => name === entity }).findings;
  for (const arrow of served) expect(warned(arrow, 'User'), arrow).toEqual([]);
  for (const arrow of unserved) expect(warned(arrow, 'Other'), arrow).toEqual([]);
  const findings = unserved.slice(0, 3).flatMap((arrow) => warned(arrow, 'User'));
  expect(findings.length).toBe(3);
  await expect(findings.join('\n')).toMatchFileSnapshot('./cases/QDB2015.txt');
});

test('a shared filter is lowered where it is made, and left alone where it is used', () => {
  const { lowered, findings } = lowerAll('const isFive = defineFilter<User>(u => u.id === 5); db.user.where(isFive);');
  expect(findings).toEqual([]);
  expect(lowered.map(showLowering)).toEqual(['(=== id 5)']);
});

test('what is lowered has no finding', () => {
  const { findings } = lowerAll('db.user.where(u => u.active && u.seen > since && u.tags.includes("x"));');
  expect(findings).toEqual([]);
  expect(lowerAll('db.user.where(JSON.parse("{}")); const form = { id: 1 }; db.user.where(form);').findings).toEqual(
    [],
  );
});
