// Brings the folder of generated modules up to date: only what changed is written, and only what we once wrote ourselves is
// ever overwritten or removed.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from '../../runtime/errors.js';
import { isGenerated, slashed } from './project.js';

/** What the disk lacks; absolute paths. */
export interface Stale {
  readonly changed: ReadonlyMap<string, string>;
  /** Files of ours that no entity stands behind any more. */
  readonly orphaned: readonly string[];
}

/**
 * Compares the disk with `modules` (text by absolute path), which belong into the folder `out`.
 * @throws ConfigError QDB1907 when a file in the way isn't ours
 */
export function staleModules(out: string, modules: ReadonlyMap<string, string>): Stale {
  const changed = new Map<string, string>();
  for (const [path, text] of modules) {
    const there = read(path);
    if (there === text) continue;
    if (there !== undefined && !isGenerated(there)) {
      throw new ConfigError('QDB1907', `${path} was not written by quantadb. Move it, or set another "out".`);
    }
    changed.set(path, text);
  }
  return { changed, orphaned: orphans(out, modules) };
}

export function writeModules({ changed, orphaned }: Stale): void {
  for (const [path, text] of changed) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  for (const path of orphaned) rmSync(path);
}

function orphans(out: string, modules: ReadonlyMap<string, string>): string[] {
  if (!existsSync(out)) return [];
  return readdirSync(out)
    .map((name) => slashed(join(out, name)))
    .filter((path) => path.endsWith('.ts') && !modules.has(path) && isGenerated(read(path)));
}

function read(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
