// The samples of docs/queries.md compile against the types that applications see.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { programOf } from '../analyze/compile.js';

const FACE = fileURLToPath(new URL('../../runtime/database/index.ts', import.meta.url));

const PRELUDE = `
import { type AsyncDao, defineFilter as define } from 'quantadb';
class User {
  id!: number; email!: string; name!: string; nick?: string; city!: string; role!: 'admin' | 'editor'; isActive!: boolean;
  score!: number; lastLogin!: Date; tags!: string[]; home!: { city: string };
  get label(): string { return this.name; }
}
declare const db: { readonly user: AsyncDao<User, number, Partial<User>> };
declare const since: Date, longAgo: Date, name: string;
declare function startOfWeek(): Date;
`;

test('every sample of queries.md compiles', () => {
  const text = readFileSync(new URL('../../docs/queries.md', import.meta.url), 'utf8');
  const samples = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, sample = '']) => sample);
  expect(samples.length).toBeGreaterThan(10);
  const sources = samples.map((sample, i): [string, string] => {
    // Each sample is a module; those that import defineFilter bring their own.
    const prelude = sample.includes('import { defineFilter') ? PRELUDE : PRELUDE.replace(' as define', '');
    return [`/docs/sample${i}.ts`, `${prelude}${sample}\nexport {};`];
  });
  const names = sources.map(([fileName]) => fileName);
  sources.push(['/docs/package.json', '{ "type": "module" }']);
  const program = programOf(Object.fromEntries(sources), {
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    types: ['node'],
    paths: { quantadb: [FACE] },
  });
  const messages = names.flatMap((fileName) => {
    const file = program.getSourceFile(fileName)!;
    return program.getSemanticDiagnostics(file).map(({ start = 0, messageText }) => {
      return `${file.text.slice(start, start + 80)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  });
  expect(messages).toEqual([]);
});
