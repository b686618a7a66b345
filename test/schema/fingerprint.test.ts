// The fingerprint is the identity of a schema: it changes with what is stored and with nothing else.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  canonicalJson,
  type EntityModel,
  entityFingerprint,
  type Field,
  parseSchema,
  schemaFingerprint,
} from '../../runtime/schema/index.js';

function field(name: string, changes: Partial<Field> = {}): Field {
  const type = { kind: 'float64' } as const;
  const plain = { default: null, encrypted: null, visibleTo: null };
  return { name, storedName: name, type, nullable: false, optional: false, ...plain, ...changes };
}

function entity(name: string, changes: Partial<EntityModel> = {}): EntityModel {
  const key = { fields: ['id'], autoIncrement: false, generate: null };
  const fields = [field('id'), field('a')];
  return { name, storedName: name, accessor: name.toLowerCase(), key, fields, indexes: [], ...changes };
}

test('64 hex digits, the same on every machine', () => {
  const fingerprint = schemaFingerprint({ entities: [entity('A')] });
  expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
  expect(fingerprint).toBe('d71283bffbdbdc82ed81fca21345dafb494f9fc310927152c00c3e55137e96fb');
});

test('the order of entities and of properties makes no difference', () => {
  const a = entity('A');
  const b = entity('B');
  const turned = Object.fromEntries(Object.entries(a).reverse()) as unknown as EntityModel;
  expect(schemaFingerprint({ entities: [b, turned] })).toBe(schemaFingerprint({ entities: [a, b] }));
});

test('anything that is stored differently gives another one', () => {
  const variants = [
    entity('A'),
    entity('B'),
    entity('A', { storedName: 'x' }),
    entity('A', { fields: [field('a'), field('id')] }),
    entity('A', { fields: [field('id'), field('a', { nullable: true })] }),
    entity('A', { fields: [field('id'), field('a', { type: { kind: 'int8' } })] }),
    entity('A', { fields: [field('id'), field('a', { default: { kind: 'literal', value: 0 } })] }),
    entity('A', { key: { fields: ['id'], autoIncrement: true, generate: null } }),
  ];
  expect(new Set(variants.map(entityFingerprint)).size).toBe(variants.length);
});

test('parsing keeps the fingerprint', () => {
  const schema = { entities: [entity('A')] };
  expect(schemaFingerprint(parseSchema(JSON.parse(JSON.stringify(schema))))).toBe(schemaFingerprint(schema));
});

test('canonical JSON is JSON, and equal for equal values', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json: unknown = JSON.parse(JSON.stringify(value));
      expect(JSON.parse(canonicalJson(json))).toEqual(json);
      expect(canonicalJson(JSON.parse(canonicalJson(json)))).toBe(canonicalJson(json));
    }),
  );
});
