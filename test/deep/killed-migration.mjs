// The child of migration-kill.test.ts: `node killed-migration.mjs <directory>` brings the database up and down again, says so at each
// turn of a migration, and goes on until it is killed.
import { writeSync } from 'node:fs';
import { migrate } from '../../dist/runtime/migrate/index.js';
import { migrations } from './two-versions.mjs';

const STDOUT = 1;
const path = process.argv[2];
const onProgress = ({ direction }) => {
  writeSync(STDOUT, `${direction}\n`);
};

for (;;) {
  await migrate(path, { migrations, to: 2, onProgress });
  await migrate(path, { migrations, to: 1, onProgress });
}
