import { describe, expect, it } from 'vitest';
import {
  choose,
  chooseAll,
  L0_MERGE_TABLES,
  L0_MOST_TABLES,
  type Levels,
  levelFor,
  type TableExtent,
} from '../../../runtime/engine/compaction/choose.js';
import { MAX_LEVELS } from '../../../runtime/engine/version/edit.js';

const options = { levelBytes: 1000 };
let nextId = 1;

function table(smallest: string, largest: string, bytes = 100, tombstones = 0): TableExtent {
  return { id: nextId++, bytes, tombstones, smallest: Buffer.from(smallest), largest: Buffer.from(largest) };
}

function flushed(count: number, bytes = 100): TableExtent[] {
  return Array.from({ length: count }, () => table('a', 'z', bytes));
}

describe('choose', () => {
  it('leaves a tree alone whose levels are within their sizes', () => {
    const levels: Levels<TableExtent> = [flushed(L0_MERGE_TABLES - 1), [table('a', 'z', 999)]];
    expect(choose([], options)).toBeNull();
    expect(choose(levels, options)).toBeNull();
  });

  it('merges L0 with what it overlaps in L1', () => {
    const l0 = Array.from({ length: L0_MERGE_TABLES }, () => table('c', 'f'));
    const [before, in1, in2, after] = [table('a', 'b'), table('b', 'c'), table('e', 'g'), table('h', 'i')];
    const choice = choose([l0, [before, in1, in2, after]], options);
    expect(choice).toEqual({ kind: 'merge', inputs: [...l0, in1, in2], outputLevel: 1, bottommost: true });
  });

  it('tiers L0 while L1 would rewrite much more than L0 holds, but not for ever', () => {
    const l1 = [table('a', 'z', 900)];
    const few = flushed(L0_MERGE_TABLES, 10);
    expect(choose([few, l1], options)).toEqual({ kind: 'merge', inputs: few, outputLevel: 0, bottommost: false });
    const tiered = [...flushed(2, 10), ...flushed(2, 150)];
    expect(choose([tiered, l1], options)?.outputLevel).toBe(1);
    expect(choose([[...flushed(3, 2), table('a', 'z', 50)], l1], options)).toBeNull();
    expect(choose([[...flushed(3, 1), ...flushed(L0_MOST_TABLES - 3, 20)], l1], options)?.outputLevel).toBe(1);
  });

  it('moves the table of an overfull level that drags the least along', () => {
    const [cheap, dear] = [table('k', 'l', 600), table('a', 'j', 600)];
    const below = [table('a', 'e', 500), table('f', 'k', 100), table('m', 'z', 500)];
    const choice = choose([[], [dear, cheap], below], options);
    expect(choice?.inputs).toEqual([cheap, below[1]]);
    expect(choice?.outputLevel).toBe(2);
  });

  it('moves a table without rewriting it when nothing lies below, unless deletions could go', () => {
    const lonely = table('a', 'b', 2000);
    expect(choose([[], [lonely]], options)).toMatchObject({ kind: 'move', inputs: [lonely], outputLevel: 2 });
    const deleted = table('a', 'b', 2000, 5);
    expect(choose([[], [deleted]], options)).toMatchObject({ kind: 'merge', bottommost: true });
    expect(choose([[], [deleted], [], [table('b', 'c')]], options)).toMatchObject({ kind: 'move', bottommost: false });
  });

  it('never pushes below the last level', () => {
    const levels = Array.from({ length: MAX_LEVELS }, (): TableExtent[] => []);
    levels[MAX_LEVELS - 1] = [table('a', 'z', 1e12)];
    expect(choose(levels, options)).toBeNull();
    expect(levelFor(1e15, options.levelBytes)).toBe(MAX_LEVELS - 1);
  });

  it('rewrites everything into the shallowest level that holds it', () => {
    const levels = [flushed(2), [table('a', 'm', 900)], [table('a', 'z', 900)]];
    expect(chooseAll(levels, options)).toEqual({
      kind: 'merge',
      inputs: levels.flat(),
      outputLevel: 2,
      bottommost: true,
    });
    expect(chooseAll([[], []], options)).toBeNull();
  });
});
