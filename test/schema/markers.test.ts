// The markers do nothing when they run, which they only do where no host has blanked them: under tsx, Bun or Deno.
import { expect, test } from 'vitest';
import * as markers from '../../runtime/schema/markers.js';

const { AES256, Default, Embedded, Encrypted, Ignore, Index, Name, PrimaryKey, QuantaEntity, VisibleTo } = markers;

class Sample {
  id = 1;
}

const fieldContext = { kind: 'field', name: 'id' } as unknown as ClassFieldDecoratorContext;
const classContext = { kind: 'class', name: 'Sample' } as unknown as ClassDecoratorContext;

test.each([
  ['QuantaEntity', QuantaEntity({ accessor: 'samples' })],
  ['Embedded', Embedded()],
  ['Name', Name('samples')],
])('@%s leaves a class as it is', (_name, marker) => {
  expect(marker(Sample, classContext)).toBeUndefined();
  expect(marker(Sample)).toBeUndefined();
});

test.each([
  ['PrimaryKey', PrimaryKey({ generate: 'ulid' })],
  ['Index', Index({ unique: true, composite: ['a'], caseInsensitive: true })],
  ['Ignore', Ignore()],
  ['Name', Name('number')],
  ['Default', Default(() => new Date())],
  ['Encrypted', Encrypted({ algorithm: AES256 })],
  ['VisibleTo', VisibleTo({ roles: ['admin'] })],
])('@%s leaves a field as it is', (_name, marker) => {
  expect(marker(undefined, fieldContext)).toBeUndefined();
  expect(marker(Sample.prototype, 'id')).toBeUndefined();
});
