// The class of the README comes out as the schema that everything else is generated from.
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { analyzeFiles } from './compile.js';

test('the contract sample is one entity with a generated key and two indexes', () => {
  const file = fileURLToPath(new URL('cases/schemas/user.ts', import.meta.url));
  const { schema, diagnostics, sources } = analyzeFiles([file]);
  const [user] = schema.entities;
  expect(user?.accessor).toBe('user');
  expect(user?.key).toEqual({ fields: ['id'], autoIncrement: true, generate: null });
  expect(user?.indexes.map(({ name, unique }) => [name, unique])).toEqual([
    ['email', true],
    ['lastLogin', false],
  ]);
  expect(diagnostics.map(({ code }) => code)).toEqual(['QDB5001', 'QDB5001']);
  expect(sources.get('User')).toEqual({ fileName: file, className: 'User', exportName: 'User' });
});
