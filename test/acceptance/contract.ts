// The contract sample in a project of its own, with one kind of decorators.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Outcome, Project } from './project.js';

const PLUGIN = { plugins: [{ transform: 'quantadb/transformer', transformProgram: true }] };

export type Decorators = { readonly experimentalDecorators: boolean };

export function throughGenerate(decorators: Decorators): void {
  within((project) => {
    project.configure(decorators);
    succeed(project.quantadb('generate'));
    succeed(project.tsc('-p', '.'));
    answers(project);
  });
}

/** With nothing generated on disk. */
export function throughTspc(decorators: Decorators): void {
  within((project) => {
    project.configure({ ...decorators, ...PLUGIN });
    succeed(project.tspc('-p', '.'));
    expect(existsSync(join(project.path, 'src/quanta'))).toBe(false);
    expect(readdirSync(join(project.path, 'dist/quanta')).sort()).toEqual([
      'index.d.ts',
      'index.js',
      'user.d.ts',
      'user.js',
    ]);
    const emitted = readFileSync(join(project.path, 'dist/models/user.js'), 'utf8');
    expect(emitted).not.toMatch(/quantadb|decorate|PrimaryKey/i);
    const { plan } = answers(project);
    expect(plan).toContain('email');
  });
}

function within(run: (project: Project) => void): void {
  const project = new Project('sample');
  try {
    run(project);
  } finally {
    project.remove();
  }
}

function answers(built: Project): { plan: string } {
  const run = built.node('dist/main.js');
  succeed(run);
  const out = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '');
  const { plan, page, ...rest } = out;
  expect(rest).toEqual({
    label: 'ann@x.io (9)',
    same: 'ann@x.io',
    byEmail: true,
    dao: true,
    updated: 10,
    deleted: true,
    vip: 10,
    incremented: 1,
    reopened: 50,
  });
  expect(page).toEqual(expectedPage());
  return { plan };
}

/** The page query of the sample, computed on the array that the sample stores. */
function expectedPage(): string[] {
  return Array.from({ length: 50 }, (_, i) => ({ i, email: `a${String(i).padStart(2, '0')}@x.io`, day: i % 10 }))
    .filter(({ i }) => i % 2 === 0)
    .sort((a, b) => b.day - a.day || (a.email < b.email ? -1 : 1))
    .slice(0, 20)
    .map(({ email }) => email);
}

function succeed(outcome: Outcome): void {
  expect(outcome.status, outcome.stdout + outcome.stderr).toBe(0);
}
