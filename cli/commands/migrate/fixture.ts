// `quantadb migrate fixture`: keeps a tiny database of every version, for `testHistory` to open with the code of later days.
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Command } from 'commander';
import { openEngine } from '../../../runtime/engine/index.js';
import { recordOf } from '../../../runtime/migrate/line.js';
import { writeVersion } from '../../../runtime/migrate/plain-database.js';
import { sampleRows } from '../../../runtime/migrate/sample-rows.js';
import { NodeVfs } from '../../../runtime/vfs/node.js';
import { stem } from '../../../transformer/migrate/files.js';
import { FIXTURES } from '../../../transformer/migrate/folder.js';
import type { CommandContext } from '../../context.js';
import { DONE } from '../../exit.js';
import { projectLine } from './line.js';
import { openProject } from './project.js';

/** The log is cut to what was written: fixtures stand in version control. In bytes. */
const LOG_GROW_BYTES = 4096;

export function fixtureCommand(context: CommandContext): Command {
  return new Command('fixture')
    .description('keep a tiny database, with made-up rows, of every version that has none in migrations/fixtures yet')
    .option('--json', 'one line of JSON on stdout')
    .action(async () => {
      const { terminal, directory } = context;
      const opened = openProject(context);
      const { migrations, checksums } = projectLine(opened);
      const home = join(opened.project.migrations, FIXTURES);
      const written: string[] = [];
      for (const [i, entry] of migrations.entries()) {
        const path = join(home, stem(entry));
        if (existsSync(path)) continue;
        mkdirSync(path, { recursive: true });
        const vfs = new NodeVfs();
        const engine = await openEngine({ vfs, path, logGrowBytes: LOG_GROW_BYTES });
        try {
          const applied = migrations.slice(0, i + 1).map((one) => recordOf(one, checksums));
          const { after } = entry.migration;
          writeVersion(engine, after, applied, sampleRows(after));
          engine.flush();
        } finally {
          await engine.close();
        }
        for (const name of readdirSync(path)) if (name.startsWith('LOCK.')) rmSync(join(path, name));
        written.push(relative(directory, path));
      }
      terminal.result({ written });
      for (const path of written) terminal.line(`${terminal.style('green', 'kept')} ${path}`);
      if (written.length === 0) {
        terminal.line(migrations.length === 0 ? 'There is no migration yet.' : 'Every version has its fixture.');
      }
      context.exit(DONE);
    });
}
