// Questions at a terminal, and what becomes of one that nobody answers.
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { askOn } from '../../cli/ask.js';

test('an answer is trimmed, and the end of the input is no answer', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const ask = askOn(input, output);
  const first = ask('What? ');
  input.write('  1 \n');
  expect(await first).toBe('1');
  const second = ask('And? ');
  input.end();
  expect(await second).toBeNull();
  expect(String(output.read())).toBe('What? And? \n');
});
