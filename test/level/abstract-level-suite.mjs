// Runs abstract-level's own suite, unchanged, against the database class that is named: `quantadb` (built) or `classic-level`.
// Prints TAP; every database gets a directory of its own under the one that is given.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import suite from 'abstract-level/test/index.js';
import test from 'tape';

const [name, directory] = process.argv.slice(2);
const Level =
  name === 'classic-level'
    ? (await import('classic-level')).ClassicLevel
    : (await import('../../dist/runtime/level/index.js')).QuantaLevel;

suite({ test, factory: (options) => new Level(mkdtempSync(join(directory, 'db-')), options) });
