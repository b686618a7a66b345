// Watch mode of `quantadb generate`: runs again when an entity file, something that it imports, or the configuration changes.
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { watch as watchFiles } from 'chokidar';
import { type ResolvedCompiler, resolveCompiler } from './compiler.js';
import { loadProject, type Project } from './config-file.js';
import { type GenerateResult, Generator } from './generate.js';
import { slashed } from './project.js';
import { stampOf } from './source-cache.js';

/**
 * Saves come in bursts (an editor's own, a checkout): the run waits until the last one is this old. It must be more than the
 * 50 ms for which chokidar drops further changes of a file that it has reported, or a save in that time would be missed.
 */
const SETTLE_MS = 60;

export interface WatchOptions {
  /** Called before and after each run, the first one included. */
  readonly onStart: () => void;
  readonly onResult: (result: GenerateResult, project: Project, compiler: ResolvedCompiler) => void;
  /** A run could not be made, as with a broken config file; watching goes on. */
  readonly onError: (error: unknown) => void;
}

/** Generates the project in `directory` now and after each change. The result ends the watch. */
export function watchProject(
  directory: string,
  { onStart, onResult, onError }: WatchOptions,
): { close(): Promise<void> } {
  let at = open(directory);
  const watcher = watchFiles([], {
    alwaysStat: true,
    ignored: (path, stats) =>
      path === at.project.out || path.includes('/node_modules') || (stats?.isFile() === true && !isSource(path)),
  });

  // To the watcher, what it has is work as well.
  const watched = new Set<string>();
  const watch = (paths: readonly string[]): void => {
    watcher.add(paths.filter((path) => !watched.has(slashed(path))));
    for (const path of paths) watched.add(slashed(path));
  };

  let mustReopen = false;
  const run = (): void => {
    onStart();
    try {
      if (mustReopen) at = open(directory);
      mustReopen = false;
      onResult(at.generator.run(), at.project, at.compiler);
    } catch (error) {
      onError(error);
    }
    watch([...patternFolders(at.project), ...at.settings.keys(), ...at.generator.sources()]);
  };

  let timer: NodeJS.Timeout | undefined;
  watcher.on('error', onError);
  watcher.on('all', (event, path, stats) => {
    if (event === 'unlink' || event === 'unlinkDir') watched.delete(slashed(path));
    const isSetting = at.settings.has(path);
    // The watcher tells of all that is there when it begins to look. Most of it the last run has read as it is.
    const isFound =
      event === 'add' && (isSetting ? at.settings.get(path) === stampOf(stats) : !at.generator.isNews(path, stats));
    if (isFound || event === 'addDir') return;
    mustReopen ||= isSetting;
    clearTimeout(timer);
    timer = setTimeout(run, SETTLE_MS);
  });
  run();
  return {
    close: () => {
      clearTimeout(timer);
      return watcher.close();
    },
  };
}

/** A project as it stands in its settings now. */
function open(directory: string) {
  const project = loadProject(directory);
  const compiler = resolveCompiler(project.root);
  const stamped = settings(project).map((file) => [file, stampOf(statSync(file, { throwIfNoEntry: false }))] as const);
  return { project, compiler, generator: new Generator(compiler.ts, project), settings: new Map(stamped) };
}

/** The files whose change means to begin anew. */
function settings({ configFile, tsconfig, root }: Project): string[] {
  return [configFile, tsconfig ?? resolve(root, 'tsconfig.json')].filter((file) => file !== null);
}

/** The folders that new entity files may appear in: each pattern as far as it has no wildcard. */
function patternFolders({ root, entities }: Project): string[] {
  return entities.map((pattern) => {
    const wildcard = pattern.search(/[*?]/);
    return resolve(root, wildcard < 0 ? pattern : dirname(`${pattern.slice(0, wildcard)}x`));
  });
}

function isSource(path: string): boolean {
  return /\.[cm]?tsx?$|\.json$|\.js$/.test(path);
}
