// `npm run soak -- --minutes=60 [--seed=1] [--only=model|simulation|answers|worker]`: random
// histories against the engine and simulations of the database, fresh seeds each time.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string' }, only: { type: 'string' } },
});
const env = { ...process.env, SOAK_MINUTES: values.minutes };
if (values.seed !== undefined) env.SOAK_SEED = values.seed;
if (values.only !== undefined) env.SOAK_ONLY = values.only;

const vitest = `${root}node_modules/vitest/vitest.mjs`;
const { status } = spawnSync(process.execPath, [vitest, 'run', '--config', 'vitest.soak.config.ts'], {
  cwd: root,
  stdio: 'inherit',
  env,
});
process.exit(status ?? 1);
