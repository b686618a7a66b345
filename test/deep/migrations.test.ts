// The shop's history from every version to every other, by the built program, on one database: 56 ways, after each of which the
// rows are those of that version.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Shop, VERSIONS } from '../acceptance/shop.js';

// Each way is a process of its own: a minute and a half where nothing else runs, many where much does.
vi.setConfig({ testTimeout: 1_800_000 });

let shop: Shop;
beforeAll(async () => {
  shop = new Shop();
  await shop.seed();
});
afterAll(() => shop.remove());

test('from every version to every other, rows are those of the version', async () => {
  let from = 1;
  for (const to of everyWay(VERSIONS)) {
    const { stderr, status } = shop.quantadb('migrate', `--version=${to}`, '--yes');
    expect([stderr, status], `from ${from} to ${to}`).toEqual(['', 0]);
    const { at, rows } = await shop.look();
    expect(at).toBe(to);
    expect(rows, `from ${from} to ${to}`).toEqual(shop.golden(to, rows));
    from = to;
  }
  const { status, stdout } = shop.quantadb('migrate', 'status');
  expect(stdout).not.toMatch(/drift|stray|QDB/);
  expect(status).toBe(0);
});

/** The stations of one walk from 1 that goes every way between two versions once (an Euler circuit, Hierholzer 1873). */
function everyWay(versions: number): readonly number[] {
  const left = Array.from({ length: versions + 1 }, (_, from) =>
    Array.from({ length: versions }, (_, i) => i + 1).filter((to) => to !== from),
  );
  const stack = [1];
  const walk: number[] = [];
  while (stack.length > 0) {
    const next = left[stack.at(-1)!]!.pop();
    if (next === undefined) walk.push(stack.pop()!);
    else stack.push(next);
  }
  return walk.reverse().slice(1);
}
