// The generated validator beside zod, on users that are valid, and on users whose second tag is a number.
import { z } from 'zod';
import type { Runtime } from './ours.js';
import type { Row, Shape } from './shapes.js';
import type { Work } from './work.js';

const schema = z.object({
  pk: z.number(),
  id: z
    .number()
    .int()
    .min(-(2 ** 31))
    .max(2 ** 31 - 1),
  email: z.string(),
  name: z.string(),
  lastLogin: z.date(),
  isActive: z.boolean(),
  score: z.number(),
  tags: z.array(z.string()),
  bio: z.string(),
});

export function validatorWorks(runtime: Runtime, shape: Shape): Record<string, Work> {
  const { valid, invalid } = inputsOf(shape);
  return {
    'valid: check': (i) => expect(runtime.check(valid[i % valid.length]!) === null),
    'valid: create': (i) => runtime.create(valid[i % valid.length]!, 0),
    'invalid: check': (i) => expect(runtime.check(invalid[i % invalid.length]!) !== null),
    'invalid: check and message': (i) => runtime.check(invalid[i % invalid.length]!)!.message,
  };
}

export function zodWorks(shape: Shape): Record<string, Work> {
  const { valid, invalid } = inputsOf(shape);
  return {
    'valid: zod': (i) => expect(schema.safeParse(valid[i % valid.length]!).success),
    'invalid: zod': (i) => expect(!schema.safeParse(invalid[i % invalid.length]!).success),
  };
}

/** Built so that all have one hidden class, as literals have; V8 gives each result of a spread its own. */
function inputsOf({ rows }: Shape): { valid: Row[]; invalid: Row[] } {
  const valid = rows.map((row, i): Row => Object.fromEntries(Object.entries({ pk: i, ...row })));
  const invalid = valid.map((row, i): Row => Object.fromEntries(Object.entries({ ...row, tags: ['a', i] })));
  return { valid, invalid };
}

function expect(condition: boolean): boolean {
  if (!condition) throw new Error('the validator is wrong');
  return condition;
}
