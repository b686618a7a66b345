// The compilers, bundlers and runtimes of fixtures/hosts, which are too heavy to be dependencies of this repository.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const FOLDER = resolve(import.meta.dirname, '../../fixtures/hosts');

/** Where one of its packages is installed. */
export function tool(name: string): string {
  return join(FOLDER, 'node_modules', name);
}

/** Installs them, unless they are there as the lock file has them. */
export function installTools(): void {
  const [wanted, there] = [join(FOLDER, 'package-lock.json'), tool('.package-lock.json')];
  if (existsSync(there) && statSync(there).mtimeMs > statSync(wanted).mtimeMs) return;
  // Each of them runs without its install script.
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status, stderr } = spawnSync('npm', args, { cwd: FOLDER, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm ci in fixtures/hosts failed: ${stderr}`);
}
