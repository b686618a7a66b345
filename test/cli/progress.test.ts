// The line that says how far a migration has come.
import { expect, test } from 'vitest';
import { bytesText, durationText, ProgressBar, progressText } from '../../cli/progress.js';
import { Terminal } from '../../cli/terminal.js';

function rig(isTTY: boolean) {
  let written = '';
  let now = 0;
  const stderr = {
    isTTY,
    write: (text: string | Uint8Array) => {
      written += String(text);
      return true;
    },
  };
  const terminal = new Terminal({ stdout: { ...stderr, isTTY: false }, stderr, env: {} }, false);
  const bar = new ProgressBar(terminal, () => now);
  const later = (milliseconds: number): void => {
    now += milliseconds;
  };
  return { bar, later, written: () => written };
}

test('a terminal is told share, rows and what is left, ten times a second at most', () => {
  const { bar, later, written } = rig(true);
  bar.show('2 age, User', 0, 4_000);
  later(50);
  bar.show('2 age, User', 500, 4_000);
  later(950);
  bar.show('2 age, User', 1_000, 4_000);
  bar.end();
  expect(written().split('\r').slice(1)).toEqual([
    '2 age, User  [------------------------]   0 %  0 of 4,000 rows\x1b[K',
    '2 age, User  [######------------------]  25 %  1,000 of 4,000 rows  3 s left\x1b[K',
    '\x1b[K',
  ]);
});

test('where nobody watches, nothing is written', () => {
  const { bar, written } = rig(false);
  bar.show('2 age, User', 1, 2);
  bar.end();
  expect(written()).toBe('');
});

test('estimates may be passed; times and sizes are short', () => {
  expect(progressText('1 a, B', 7, 5, 0)).toBe('1 a, B  [########################] 100 %  7 of 7 rows');
  expect([850, 12_000, 200_000, 7_500_000].map(durationText)).toEqual(['850 ms', '12 s', '3 min 20 s', '2 h 5 min']);
  expect([1, 999, 1_500, 2_340_000].map(bytesText)).toEqual(['1 byte', '999 bytes', '1.5 kB', '2.3 MB']);
});
