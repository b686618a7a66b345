// `npm run demo`: generate, compile with tspc and run fixtures/cities, as a user would in a project of their own.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const project = `${root}fixtures/cities`;

function run(title, script, ...args) {
  console.log(`> ${title}`);
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: project, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

// What `npm install quantadb` would have done: ts-patch looks a plugin up in node_modules only.
mkdirSync(`${project}/node_modules`, { recursive: true });
rmSync(`${project}/node_modules/quantadb`, { force: true });
symlinkSync(root, `${project}/node_modules/quantadb`, 'junction');

rmSync(`${project}/dist`, { recursive: true, force: true });
run('quantadb generate', `${root}dist/cli/main.js`, 'generate');
run('tspc', `${root}node_modules/ts-patch/bin/tspc.js`, '-p', '.');
run('node dist/main.js', 'dist/main.js');
