// `quantadb migrate [--version=N]`: brings the project's database to a version, up or down.
import { relative } from 'node:path';
import { openEngine, requireDatabase } from '../../../runtime/engine/index.js';
import { MigrationError } from '../../../runtime/errors.js';
import { inspectEngine } from '../../../runtime/migrate/inspect.js';
import { type MigrateOptions, migrateEngine } from '../../../runtime/migrate/migrate.js';
import { NodeVfs } from '../../../runtime/vfs/node.js';
import type { CommandContext } from '../../context.js';
import { counted, durationText, ProgressBar } from '../../progress.js';
import { projectLine } from './line.js';
import { lossesIn, type PlannedRun, planOf, showPlan } from './plan.js';
import { openProject } from './project.js';

export interface RunOptions {
  readonly version?: number;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly baseline?: number;
}

export async function run(context: CommandContext, options: RunOptions): Promise<void> {
  const { terminal, directory } = context;
  const opened = openProject(context);
  const path = opened.project.database;
  const wanted: MigrateOptions = { ...projectLine(opened), ...target(options) };
  const vfs = new NodeVfs();
  requireDatabase(vfs, path);
  const engine = await openEngine({ vfs, path });
  try {
    const plan = planOf(inspectEngine(engine, wanted));
    if (options.dryRun) {
      terminal.result({ dryRun: true, ...plan });
      showPlan(terminal, plan);
      terminal.line(plan.migrations.length === 0 ? nothing(plan) : 'Nothing was changed: that was a dry run.');
      return;
    }
    showPlan(terminal, plan);
    await confirm(context, plan, options.yes ?? false);
    const bar = new ProgressBar(terminal, () => performance.now());
    const began = performance.now();
    const report = await migrateEngine(engine, {
      ...wanted,
      onProgress: ({ number, name, entity, done, total }) => bar.show(`${number} ${name}, ${entity}`, done, total),
    }).finally(() => bar.end());
    const milliseconds = Math.round(performance.now() - began);
    terminal.result({ ...report, findings: plan.migrations.flatMap(({ findings }) => findings), milliseconds });
    if (report.ran.length === 0) terminal.line(nothing(plan));
    else {
      const rows = report.ran.reduce((sum, one) => sum + one.rows, 0);
      const words = `${counted(report.ran.length, 'migration')}, ${counted(rows, 'row')}`;
      terminal.line(
        `${terminal.style('green', `from ${report.from} to ${report.to}`)} ${relative(directory, path)}: ${words} ${terminal.style('dim', `(${durationText(milliseconds)})`)}`,
      );
    }
  } finally {
    await engine.close();
  }
}

/** What the options say to the runner. */
export function target({ version, baseline }: RunOptions): Pick<MigrateOptions, 'to' | 'baseline'> {
  return { ...(version === undefined ? {} : { to: version }), ...(baseline === undefined ? {} : { baseline }) };
}

/** @throws MigrationError QDB3019 when data would be lost and nobody agrees */
async function confirm({ ask, terminal }: CommandContext, plan: PlannedRun, yes: boolean): Promise<void> {
  const losses = lossesIn(plan);
  if (losses.length === 0 || yes) return;
  const [first] = losses;
  if (ask !== null) {
    terminal.error(`${counted(losses.length, 'step loses data', 'steps lose data')}, the first: ${first?.message}`);
    if ((await ask(`Type ${plan.to}, the version to go to, to go on: `)) === String(plan.to)) return;
  }
  throw new MigrationError(
    'QDB3019',
    `Going from ${plan.from} to ${plan.to} takes data out of rows: ${losses.map(({ message }) => message).join(' ')} Nothing was changed; say --yes to go on.`,
  );
}

function nothing({ to }: PlannedRun): string {
  return `The database is at ${to}: there is nothing to run.`;
}
