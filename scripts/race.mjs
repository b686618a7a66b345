// Runs a race that is written against generated code: installs the compiled peers on the first run, compiles the race with tspc.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function run(command, args, cwd = root) {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** `folder` is one of bench/, `main` the module in it that is run. Arguments of the command go on to the race. */
export function runRace(folder, main = 'main') {
  const installed = ['better-sqlite3/build', '@duckdb/node-api'].every((path) =>
    existsSync(`${root}bench/node_modules/${path}`),
  );
  if (!installed) {
    run('npm', ['ci', '--no-audit', '--no-fund'], `${root}bench`);
  }
  // What `npm install quantadb` would have done: ts-patch looks a plugin up in node_modules only.
  rmSync(`${root}bench/node_modules/quantadb`, { force: true });
  symlinkSync(root, `${root}bench/node_modules/quantadb`, 'junction');
  run(process.execPath, [`${root}node_modules/ts-patch/bin/tspc.js`, '-p', `${root}bench/${folder}`]);
  run(process.execPath, [`${root}bench/dist/${folder}/${main}.js`, ...process.argv.slice(2)]);
}
