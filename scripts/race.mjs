// Runs a race that is written against generated code: installs the compiled peers on the first run, compiles the race with tspc.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function run(command, args, cwd = root) {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** `name` is a folder of bench/. Arguments of the command go on to the race. */
export function runRace(name) {
  if (!existsSync(`${root}bench/node_modules/better-sqlite3/build`)) {
    run('npm', ['ci', '--no-audit', '--no-fund'], `${root}bench`);
  }
  // What `npm install quantadb` would have done: ts-patch looks a plugin up in node_modules only.
  rmSync(`${root}bench/node_modules/quantadb`, { force: true });
  symlinkSync(root, `${root}bench/node_modules/quantadb`, 'junction');
  run(process.execPath, [`${root}node_modules/ts-patch/bin/tspc.js`, '-p', `${root}bench/${name}`]);
  run(process.execPath, [`${root}bench/dist/${name}/main.js`, ...process.argv.slice(2)]);
}
