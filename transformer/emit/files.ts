// Names of generated files, and the specifiers by which they import other files.
import { posix } from 'node:path';
import type { EntityModel } from '../../runtime/schema/model.js';

export interface EmitOptions {
  /** Absolute path of the folder that the modules will stand in. */
  readonly outDir: string;
  /** Extension in the imports of generated code. */
  readonly importExtension: '.js' | '.ts' | '';
}

/** `accessor.ts` for each entity, told apart also where the file system ignores case, and never `index.ts`. */
export function fileNames(entities: readonly EntityModel[]): ReadonlyMap<EntityModel, string> {
  const taken = new Set(['index']);
  const names = new Map<EntityModel, string>();
  for (const entity of entities) {
    let name = entity.accessor;
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${entity.accessor}${n}`;
    taken.add(name.toLowerCase());
    names.set(entity, `${name}.ts`);
  }
  return names;
}

/** The specifier that imports the source file `target` from a module in `folder`. */
export function specifier(folder: string, target: string, extension: string): string {
  const path = relativePath(folder, target);
  const base = path.replace(/\.[cm]?tsx?$/, '');
  // .mts and .cts files are imported as what they become, whatever the project's other files are.
  const written = /\.([cm])ts$/.exec(path);
  if (written === null || extension === '') return base + extension;
  return base + (extension === '.ts' ? `.${written[1]}ts` : `.${written[1]}js`);
}

/** `target` as seen from `folder`, with forward slashes and a leading dot. */
export function relativePath(folder: string, target: string): string {
  const path = posix.relative(slashed(folder), slashed(target));
  return path.startsWith('.') ? path : `./${path}`;
}

function slashed(path: string): string {
  return path.replaceAll('\\', '/');
}
