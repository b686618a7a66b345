// Which selectors are lowered, and to what; those that are not read whole rows, and say nothing.
import ts from 'typescript';
import { expect, test } from 'vitest';
import { editOf } from '../../transformer/query/index.js';
import { lowerAll, showLowering } from './lower.js';

test.each<[arrow: string, expression: string]>([
  ['u => u.score', 'score'],
  ['u => u.home.city', 'home.city'],
  ['u => u.work?.city', 'work.city'],
  ['u => ({ id: u.id, city: u.home.city })', '{id: id, city: home.city}'],
  ['({ id, name, home: { city } }) => ({ id, who: name, city })', '{id: id, who: name, city: home.city}'],
  ['u => [u.id, u.name]', '[id, name]'],
  ['u => ({ "a-b": u["a-b"], inner: { list: [u.id, 1] } })', '{a-b: a-b, inner: {list: [id, 1]}}'],
  ['u => u.score * id + 1', '(+ (* score $id) 1)'],
  ['u => (u.rank ?? 0)', '(?? rank 0)'],
  ['u => u.score > 1', '(> score 1)'],
  ['u => ({ day: Math.floor(u.seen.getTime() / 864e5) })', '{day: (floor (/ (getTime seen) 86400000))}'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: source text
  ['u => `${u.name} of ${u.home.city}`', '(template name " of " home.city)'],
  ['u => u.tags', 'tags'],
  ['u => ({ tags: u.tags.length, first: u.nick! })', '{tags: (length tags), first: nick}'],
  ['u => { return { id: u.id }; }', '{id: id}'],
  ['u => ({ since, id: u.id, at: since })', 'null'],
  ['u => ({ at: since, id: u.id })', '{at: $since, id: id}'],
  ['u => u', 'null'],
  ['u => ({ ...u, more: 1 })', 'null'],
  ['u => ({ label: u.label })', 'null'],
  ['u => ({ ["x" + id]: u.id })', 'null'],
  ['u => ({ __proto__: u.id })', 'null'],
  ['u => ({ get() { return u.id; } })', 'null'],
  ['u => u.name.split(" ")', 'null'],
  ['u => u.work!.city', 'null'],
  ['u => [...u.tags]', 'null'],
])('%s', (arrow, expression) => {
  const { lowered, findings } = lowerAll(`db.user.select(${arrow});`);
  expect(String(showLowering(lowered[0]!))).toBe(expression);
  expect(findings).toEqual([]);
});

test('a selector of the same text as a predicate keeps its value', () => {
  const { lowered } = lowerAll(
    'db.user.where(u => !!u.work); db.user.select(u => !!u.work); db.user.select(u => u.work);',
  );
  expect(lowered.map(showLowering)).toEqual(['(! (! (!== work undefined)))', '(! (! (!== work undefined)))', 'work']);
});

test('what can not be meant is an error all the same', () => {
  const { findings } = lowerAll('db.user.select(u => ({ hidden: u.hidden })); db.user.select(u => counter++ + u.id);');
  expect(findings.map((finding) => finding.slice(0, 13))).toEqual(['error QDB2001', 'error QDB2007']);
});

test('the edit is the same as that of a predicate', () => {
  const { lowered } = lowerAll('db.user.select(u => u.score * id);');
  const { text } = editOf(ts, lowered[0]!);
  expect(text).toBe(
    ', { expression: {"op":"*","left":{"op":"field","path":["score"]},"right":{"op":"param","index":0}}, parameters: () => [id] }',
  );
});

test.each([
  ['u => u.score > range.min!', '(> score $range.min)'],
  ['u => u.rank! > range.min!', '(> rank $range.min)'],
  ['u => u.name === maybeText!', '(=== name $maybeText)'],
  // It throws where it is not there, row by row.
  ['u => maybeIds!.includes(u.id)', 'null'],
])('a captured value that is said to be there: %s', (arrow, expression) => {
  const { lowered } = lowerAll(`db.user.where(${arrow});`);
  expect(String(showLowering(lowered[0]!))).toBe(expression);
});
