// The seam to emission: whatever analysis accepts, generated code can be written for, and it compiles as strictly as can be.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { analyzeProgram } from '../../transformer/analyze/index.js';
import { emitModules } from '../../transformer/emit/index.js';
import { programOf } from './compile.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CASES = join(ROOT, 'test/analyze/cases');

const STRICT: ts.CompilerOptions = {
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  types: ['node'],
  typeRoots: [join(ROOT, 'node_modules/@types')],
  paths: {
    quantadb: [join(ROOT, 'runtime/database/index.ts')],
    'quantadb/runtime': [join(ROOT, 'runtime/generated.ts')],
  },
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  verbatimModuleSyntax: true,
};

test('generated code of every fixture compiles', () => {
  const sources: Record<string, string> = { '/project/package.json': '{ "type": "module" }' };
  for (const file of readdirSync(join(CASES, 'schemas'))) {
    const folder = `/project/${basename(file, '.ts')}`;
    const own: Record<string, string> = {
      [`${folder}/schemas/${file}`]: readFileSync(join(CASES, 'schemas', file), 'utf8'),
    };
    for (const support of ['audited.ts', 're-export.ts']) {
      own[`${folder}/support/${support}`] = readFileSync(join(CASES, 'support', support), 'utf8');
    }
    const outDir = `${folder}/quanta`;
    for (const { fileName, text } of emitModules(analyzeProgram(ts, programOf(own)), {
      outDir,
      importExtension: '.js',
    })) {
      own[`${outDir}/${fileName}`] = text;
    }
    Object.assign(sources, own);
  }
  const program = programOf(sources, STRICT);
  const generated = program.getSourceFiles().filter(({ fileName }) => fileName.includes('/quanta/'));
  expect(generated.length).toBeGreaterThan(20);
  const messages = generated
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
  expect(messages).toEqual([]);
});
