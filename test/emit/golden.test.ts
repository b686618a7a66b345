// The text that is emitted, as files that one reads in review. `UPDATE_GOLDEN=1 npx vitest run test/emit` writes them anew.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import type { EntityModel } from '../../runtime/schema/model.js';
import { moduleText } from './compile.js';
import { goldenEntities, models } from './golden-entities.js';

const FOLDER = join(import.meta.dirname, 'golden');
const files = new Map<string, string>([['models.ts', models]]);
for (const [file, entity] of Object.entries(goldenEntities)) {
  files.set(`${file}.ts`, moduleText(entity, '../../../runtime/codec/index.js'));
}

describe('emitted text', () => {
  for (const [file, text] of files) {
    test(file, () => {
      const path = join(FOLDER, file);
      if (process.env.UPDATE_GOLDEN !== undefined) {
        mkdirSync(FOLDER, { recursive: true });
        writeFileSync(path, text);
      }
      expect(existsSync(path)).toBe(true);
      expect(text).toBe(readFileSync(path, 'utf8'));
    });
  }
});

test('is the same each time', () => {
  for (const entity of Object.values<EntityModel>(goldenEntities)) expect(moduleText(entity)).toBe(moduleText(entity));
});

test('no line is longer than 125 characters, and none ends in a space', () => {
  for (const text of files.values()) {
    for (const line of text.split('\n')) {
      expect(line.length).toBeLessThanOrEqual(125);
      expect(line).not.toMatch(/\s$/);
    }
  }
});

/** Parsed files, for both programs. */
const host = ts.createCompilerHost({});
const parse = host.getSourceFile.bind(host);
const parsed = new Map<string, ts.SourceFile | undefined>();
host.getSourceFile = (fileName, options) => {
  if (!parsed.has(fileName)) parsed.set(fileName, parse(fileName, options));
  return parsed.get(fileName);
};

for (const useDefineForClassFields of [true, false]) {
  test(`type-checks as strictly as can be, useDefineForClassFields ${useDefineForClassFields}`, () => {
    const program = ts.createProgram(
      [...files.keys()].map((file) => join(FOLDER, file)),
      {
        target: ts.ScriptTarget.ES2023,
        lib: ['lib.es2023.d.ts'],
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        types: ['node'],
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        noImplicitOverride: true,
        noPropertyAccessFromIndexSignature: true,
        noUnusedLocals: true,
        noUnusedParameters: true,
        noFallthroughCasesInSwitch: true,
        noImplicitReturns: true,
        isolatedDeclarations: true,
        declaration: true,
        erasableSyntaxOnly: true,
        verbatimModuleSyntax: true,
        skipLibCheck: true,
        useDefineForClassFields,
        noEmit: true,
      },
      host,
    );
    const told = ts
      .getPreEmitDiagnostics(program)
      .filter(({ file }) => file === undefined || file.fileName.includes('/golden/'))
      .map(({ file, start, messageText }) => {
        const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start ?? 0).line + 1;
        return `${file?.fileName.split('/').at(-1)}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
      });
    expect(told).toEqual([]);
  });
}
