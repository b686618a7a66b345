// `bun --preload quantadb/bun main.ts`: source files reach Bun without markers and with lowered queries, and the generated
// modules are written to disk first, for Bun looks there. Types it strips itself, so that every line stays where it is.
import { extname } from 'node:path';
import { ConfigError } from '../../runtime/errors.js';
import { openSourceLoader, type SourceLoader } from './source-loader.js';

/** What is used here of Bun's own API. */
interface PluginBuilder {
  onLoad(
    constraints: { readonly filter: RegExp },
    load: (args: { readonly path: string }) => { readonly contents: string; readonly loader: 'ts' | 'tsx' },
  ): unknown;
}

interface BunRuntime {
  plugin(plugin: { readonly name: string; setup(build: PluginBuilder): void }): unknown;
}

/** TypeScript outside of packages. */
const SOURCE = /^(?!.*[\\/]node_modules[\\/]).*\.[cm]?tsx?$/;

/** Has Bun compile the project of the working directory. */
function register(bun: BunRuntime): void {
  const loader: SourceLoader = openSourceLoader(process.cwd());
  loader.writeModules();
  bun.plugin({
    name: 'quantadb',
    setup(build) {
      build.onLoad({ filter: SOURCE }, ({ path }) => ({
        contents: loader.load(path),
        loader: extname(path).endsWith('x') ? 'tsx' : 'ts',
      }));
    },
  });
}

const { Bun: bun } = globalThis as { readonly Bun?: BunRuntime };
if (bun === undefined) {
  throw new ConfigError('QDB1909', 'quantadb/bun is for Bun. For Node and Deno take quantadb/register.');
}
register(bun);
