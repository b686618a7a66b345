// `quantadb migrate [--version=N]`: brings the project's database to a version, up or down.
import { relative } from 'node:path';
import type { Engine } from '../../../runtime/engine/api.js';
import { openEngine, requireDatabase } from '../../../runtime/engine/index.js';
import { MigrationError, QuantaError } from '../../../runtime/errors.js';
import { inspectEngine } from '../../../runtime/migrate/inspect.js';
import { closing, type MigrateOptions, migrateEngine } from '../../../runtime/migrate/migrate.js';
import { versionOf } from '../../../runtime/migrate/status.js';
import { NodeVfs } from '../../../runtime/vfs/node.js';
import type { CommandContext } from '../../context.js';
import { DONE, type ExitCode, FAILED } from '../../exit.js';
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

export async function run(context: CommandContext, options: RunOptions): Promise<ExitCode> {
  const { terminal } = context;
  const opened = openProject(context);
  const path = opened.project.database;
  const wanted: MigrateOptions = { ...projectLine(opened), ...target(options) };
  const vfs = new NodeVfs();
  requireDatabase(vfs, path);
  const engine = await openEngine({ vfs, path });
  let failed: { readonly error: QuantaError; readonly from: number; readonly at: number } | null = null;
  const work = async (): Promise<void> => {
    const plan = planOf(inspectEngine(engine, wanted));
    if (options.dryRun) {
      terminal.result({ dryRun: true, ...plan });
      showPlan(terminal, plan);
      terminal.line(plan.migrations.length === 0 ? nothing(plan) : 'Nothing was changed: that was a dry run.');
      return;
    }
    showPlan(terminal, plan);
    await confirm(context, plan, options.yes ?? false);
    try {
      await runPlan(context, engine, plan, wanted);
    } catch (error) {
      if (error instanceof QuantaError) failed = { error, from: plan.from, at: versionOf(engine) };
      throw error;
    }
  };
  try {
    await closing(engine, work);
  } catch (error) {
    if (failed === null) throw error;
    const {
      error: { code, message },
      from,
      at,
    } = failed as NonNullable<typeof failed>;
    terminal.result({ failed: true, code, message, from, at });
    terminal.error(message);
    return FAILED;
  }
  return DONE;
}

async function runPlan(
  { terminal, directory }: CommandContext,
  engine: Engine,
  plan: PlannedRun,
  wanted: MigrateOptions,
): Promise<void> {
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
    const done = terminal.style('green', `from ${report.from} to ${report.to}`);
    const time = terminal.style('dim', `(${durationText(milliseconds)})`);
    terminal.line(`${done} ${relative(directory, engine.path)}: ${words} ${time}`);
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
