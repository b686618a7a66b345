// What a person may answer when names are gone.
import { expect, test } from 'vitest';
import { answered } from '../../cli/commands/migrate/questions.js';
import type { CommandContext } from '../../cli/context.js';
import { Terminal } from '../../cli/terminal.js';
import { NO_ANSWERS } from '../../transformer/migrate/answers.js';

const QUESTION = { entity: 'User', from: 'mail', candidates: ['d', '1', 'email'] };

function answering(...replies: string[]) {
  const stream = { isTTY: false, write: () => true };
  const context: CommandContext = {
    directory: '.',
    terminal: new Terminal({ stdout: stream, stderr: stream, env: {} }, false),
    exit: () => {},
    ask: async () => replies.shift() ?? null,
    interrupted: () => new Promise(() => {}),
  };
  return answered(context, NO_ANSWERS, [QUESTION]);
}

test('numbers mean places in the list, anything else a name, whatever it is', async () => {
  for (const [reply, name] of [
    ['d', 'd'],
    ['1', 'd'],
    ['2', '1'],
    ['email', 'email'],
  ] as const) {
    expect((await answering('4', 'nonsense', reply)).fields).toEqual(new Map([['User.mail', [name]]]));
  }
  const { fields, drops } = await answering('0');
  expect([...fields, ...drops]).toEqual(['User.mail']);
});

test('whoever ends the input instead is told of the options', async () => {
  await expect(answering('x')).rejects.toThrow(/QDB3011: .*--rename User\.mail=d or .* or --drop User\.mail/s);
});
