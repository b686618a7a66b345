// A fixture project in a temporary folder, as its user would have it: the package in node_modules (built: `npm run build`),
// and the compilers run as processes of their own.
import { spawn } from 'node:child_process';
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
import { basename, dirname, join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class TestProject {
  readonly path: string;

  private constructor(fixture: string) {
    this.path = realpathSync(mkdtempSync(join(tmpdir(), 'quantadb-hosts-')));
    const isOurs = (path: string): boolean => basename(path) !== 'node_modules';
    cpSync(join(ROOT, 'fixtures', fixture), this.path, { recursive: true, filter: isOurs });
    this.link('quantadb', ROOT);
    this.link('typescript', join(ROOT, 'node_modules/typescript'));
    this.link('@types/node', join(ROOT, 'fixtures/node-types'));
  }

  static copyOf(fixture: string): TestProject {
    return new TestProject(fixture);
  }

  /** The project that all hosts compile, its classes marked in one of two ways. */
  static forHosts(models: 'decorators' | 'define'): TestProject {
    const project = new TestProject('hosts');
    cpSync(project.file(`models/${models}`), project.file('src/models'), { recursive: true });
    rmSync(project.file('models'), { recursive: true });
    return project;
  }

  /** Installs a package that is somewhere else on this machine. */
  link(name: string, target: string): void {
    const path = this.file(`node_modules/${name}`);
    mkdirSync(dirname(path), { recursive: true });
    rmSync(path, { force: true });
    symlinkSync(target, path);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  file(name: string): string {
    return join(this.path, name);
  }

  has(name: string): boolean {
    return existsSync(this.file(name));
  }

  read(name: string): string {
    return readFileSync(this.file(name), 'utf8');
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.file(name)), { recursive: true });
    writeFileSync(this.file(name), text);
  }

  delete(name: string): void {
    rmSync(this.file(name));
  }

  /** Replaces the one occurrence of `from`. */
  edit(name: string, from: string, to: string): void {
    const text = this.read(name);
    if (text.split(from).length !== 2) throw new Error(`${name} should hold ${JSON.stringify(from)} once`);
    this.write(name, text.replace(from, to));
  }

  /** Merges `options` into the compilerOptions of tsconfig.json. */
  configure(options: object, more: object = {}): void {
    const config = JSON.parse(this.read('tsconfig.json'));
    this.write(
      'tsconfig.json',
      JSON.stringify({ ...config, compilerOptions: { ...config.compilerOptions, ...options }, ...more }),
    );
  }

  tspc(...args: string[]): Promise<Ended> {
    return this.node(join(ROOT, 'node_modules/ts-patch/bin/tspc.js'), ...args);
  }

  quantadb(...args: string[]): Promise<Ended> {
    return this.node(join(ROOT, 'dist/cli/main.js'), ...args);
  }

  node(...args: string[]): Promise<Ended> {
    return this.run(process.execPath, ...args);
  }

  /** A program that ends by itself. */
  async run(command: string, ...args: string[]): Promise<Ended> {
    const child = this.spawn(command, args);
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      output.stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output.stderr += chunk;
    });
    const code = await new Promise<number | null>((done) => child.on('close', done));
    return { code, ...output };
  }

  /** A process that stays, as watch mode does. */
  start(...args: string[]) {
    return this.spawn(process.execPath, args);
  }

  private spawn(command: string, args: readonly string[]) {
    return spawn(command, args, { cwd: this.path, env: { ...process.env, NO_COLOR: '1' } });
  }
}
