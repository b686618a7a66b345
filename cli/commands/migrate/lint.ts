// `quantadb migrate lint`: what migrations may do to data and to running code, before they run; counted in the rows of the
// database where they are pending on one.
import { Command } from 'commander';
import { databaseExists, openEngine } from '../../../runtime/engine/index.js';
import { DatabaseLockedError, MigrationError } from '../../../runtime/errors.js';
import { inspectEngine } from '../../../runtime/migrate/inspect.js';
import type { MigrationLine } from '../../../runtime/migrate/line.js';
import { NodeVfs } from '../../../runtime/vfs/node.js';
import { stem } from '../../../transformer/migrate/files.js';
import { type Finding, lintMigration } from '../../../transformer/migrate/lint.js';
import type { CommandContext } from '../../context.js';
import { DONE } from '../../exit.js';
import { projectLine } from './line.js';
import { type CountedFinding, type PlannedRun, planOf, showFinding } from './plan.js';
import { openProject } from './project.js';

interface Options {
  readonly all?: boolean;
}

export function lintCommand(context: CommandContext): Command {
  return new Command('lint')
    .description('say what the last migration may destroy, depend on, break or rewrite')
    .option('--all', 'say it of every migration')
    .option('--json', 'one line of JSON on stdout')
    .action(async ({ all = false }: Options) => {
      const { terminal } = context;
      const opened = openProject(context);
      const line = projectLine(opened);
      const counted = await pendingPlan(opened.project.database, line);
      const linted = (all ? line.migrations : line.migrations.slice(-1)).map((entry) => {
        const pending = counted?.migrations.find(({ number }) => number === entry.number);
        return {
          migration: stem(entry),
          counted: pending !== undefined,
          findings: pending?.findings ?? withoutRows(lintMigration(entry.migration, 'up')),
        };
      });
      terminal.result({ migrations: linted });
      if (linted.length === 0) terminal.line('There is no migration yet.');
      for (const { migration, findings } of linted) {
        terminal.line(`${migration}: ${findings.length === 0 ? 'nothing to say' : ''}`);
        for (const finding of findings) showFinding(terminal, finding);
      }
      context.exit(DONE);
    });
}

/** What is pending, counted in the real rows; null where there is no database to count in, or it is in use or out of line. */
async function pendingPlan(path: string, line: MigrationLine): Promise<PlannedRun | null> {
  const vfs = new NodeVfs();
  if (!databaseExists(vfs, path)) return null;
  try {
    const engine = await openEngine({ vfs, path, compaction: 'manual' });
    try {
      return planOf(inspectEngine(engine, line));
    } finally {
      await engine.close();
    }
  } catch (error) {
    if (error instanceof MigrationError || error instanceof DatabaseLockedError) return null;
    throw error;
  }
}

function withoutRows(findings: readonly Finding[]): readonly CountedFinding[] {
  return findings.map(({ depends: _, ...finding }) => ({ ...finding, rows: null }));
}
