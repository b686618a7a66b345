// Which TypeScript compiles a project: its own where it has an API that we can call, else the official side-by-side package,
// the project's or the one that we carry. TypeScript 7 answers to `typescript` too, but has no such API.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type typescript from 'typescript';

/** The compiler's API, as a value that is handed around: nothing here imports one fixed compiler. */
export type Compiler = typeof typescript;

export interface ResolvedCompiler {
  readonly ts: Compiler;
  /** The project's package that it is, or `quantadb` for the one that we carry. */
  readonly from: string;
  /** Packages that were tried before. */
  readonly passedOver: readonly PassedOver[];
}

interface PassedOver {
  readonly name: string;
  /** `no-api`: it is there, and is TypeScript 7 or no compiler at all. */
  readonly reason: 'not-found' | 'no-api';
  /** For people. */
  readonly message: string;
}

const CARRIED = '@typescript/typescript6';
const CANDIDATES = ['typescript', CARRIED];

/** The compiler for the project in `directory`, by the order above. It never fails: the last one is a dependency of ours. */
export function resolveCompiler(directory: string): ResolvedCompiler {
  const require = createRequire(join(directory, 'package.json'));
  const passedOver: PassedOver[] = [];
  for (const from of CANDIDATES) {
    let candidate: unknown;
    try {
      candidate = require(from);
    } catch (error) {
      const message = error instanceof Error ? firstLine(error.message) : String(error);
      passedOver.push({ name: from, reason: 'not-found', message });
      continue;
    }
    if (isCompiler(candidate)) return { ts: candidate, from, passedOver };
    passedOver.push({ name: from, reason: 'no-api', message: 'has no compiler API' });
  }
  return { ts: createRequire(import.meta.url)(CARRIED), from: 'quantadb', passedOver };
}

function isCompiler(candidate: unknown): candidate is Compiler {
  return (
    typeof candidate === 'object' &&
    candidate !== null &&
    'createProgram' in candidate &&
    'sys' in candidate &&
    'factory' in candidate
  );
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
