import { describe, expect, it } from 'vitest';
import { SLOW_L0_TABLES, STOP_L0_TABLES, Throttle } from '../../../runtime/engine/write/throttle.js';

const MIB = 1024 * 1024;

function throttled(): { throttle: Throttle; waits: number[] } {
  const waits: number[] = [];
  let now = 0;
  const clock = { now: () => now, after: () => () => undefined };
  const throttle = new Throttle(clock, (milliseconds) => {
    waits.push(milliseconds);
    now += milliseconds;
  });
  return { throttle, waits };
}

describe('Throttle', () => {
  it('lets writers pass while few tables wait in L0', () => {
    const { throttle, waits } = throttled();
    throttle.pay(100 * MIB, SLOW_L0_TABLES - 1);
    expect(waits).toEqual([]);
    expect(throttle.count).toBe(0);
  });

  it('takes more of a writer the more tables wait, in small pauses', () => {
    const paid = [SLOW_L0_TABLES, SLOW_L0_TABLES + 4, STOP_L0_TABLES - 1].map((tables) => {
      const { throttle, waits } = throttled();
      for (let i = 0; i < 4096; i++) throttle.pay(256, tables);
      expect(Math.max(...waits)).toBeLessThan(2);
      expect(throttle.count).toBe(waits.length);
      return throttle.milliseconds;
    });
    expect(paid[0]).toBeGreaterThan(3);
    expect(paid[1]).toBeGreaterThan(paid[0]! * 4);
    expect(paid[2]).toBeGreaterThan(paid[1]! * 2);
  });

  it('makes every writer wait for the merge when L0 is full', () => {
    const { throttle, waits } = throttled();
    throttle.pay(1, STOP_L0_TABLES);
    throttle.pay(1, STOP_L0_TABLES);
    expect(waits).toEqual([100, 100]);
  });
});
