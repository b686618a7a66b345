// The predicate of an entity is part of its schema: checked when it is read, and part of the schema's identity.
import { expect, test } from 'vitest';
import type { Expression } from '../../runtime/schema/expression.js';
import { entityFingerprint } from '../../runtime/schema/fingerprint.js';
import type { EntityModel } from '../../runtime/schema/model.js';
import { parseSchema } from '../../runtime/schema/parse.js';
import { field, model } from '../support/entities.js';

const PLAIN = model('User', [field('id', { kind: 'int32' }), field('isActive', { kind: 'boolean' })], []);

function keeping(retainWhile: unknown): EntityModel {
  return { ...PLAIN, retainWhile: retainWhile as Expression };
}

test('it comes back as it was, and gives another fingerprint', () => {
  const some: Expression = {
    op: '&&',
    args: [
      { op: 'field', path: ['isActive'] },
      { op: '>', left: { op: 'field', path: ['id'] }, right: { op: 'literal', value: 5 } },
    ],
  };
  const stored = JSON.parse(JSON.stringify({ entities: [keeping(some)] }));
  expect(parseSchema(stored)).toEqual({ entities: [keeping(some)] });
  expect(entityFingerprint(keeping(some))).not.toBe(entityFingerprint(PLAIN));
  expect(parseSchema({ entities: [PLAIN] }).entities[0]).not.toHaveProperty('retainWhile');
});

test.each([
  ['a parameter', { op: 'param', index: 0 }],
  ['a field that is none', { op: '!', arg: { op: 'field', path: ['isActiv'] } }],
  ['an unknown operator', { op: 'eval', arg: { op: 'undefined' } }],
  ['half a comparison', { op: '<', left: { op: 'undefined' } }],
])('%s is refused', (_, expression) => {
  expect(() => parseSchema({ entities: [keeping(expression)] })).toThrow(expect.objectContaining({ code: 'QDB1001' }));
});
