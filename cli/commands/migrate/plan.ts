// What a run would do, counted in the real rows: shown before it, and by `--dry-run` instead of it.
import type { Inspection } from '../../../runtime/migrate/inspect.js';
import type { Direction } from '../../../runtime/migrate/names.js';
import { type Finding, lintMigration } from '../../../transformer/migrate/lint.js';
import { bytesText, counted } from '../../progress.js';
import type { Terminal } from '../../terminal.js';

export interface PlannedRun {
  readonly from: number;
  readonly to: number;
  readonly migrations: readonly PlannedMigration[];
}

export interface PlannedMigration {
  readonly number: number;
  readonly name: string;
  readonly direction: Direction;
  readonly entities: Inspection['legs'][number]['entities'];
  readonly findings: readonly CountedFinding[];
}

export interface CountedFinding extends Omit<Finding, 'depends'> {
  /** Rows that it is about; null where nothing tells. */
  readonly rows: number | null;
  /** There for a count that ended before the last row. */
  readonly atLeast?: true;
}

/** Findings that the rows have proved empty are left out. */
export function planOf(inspection: Inspection): PlannedRun {
  const { from, to, legs } = inspection;
  const migrations = legs.map((leg): PlannedMigration => {
    const { entry, direction, entities } = leg;
    const findings = lintMigration(entry.migration, direction).flatMap(({ depends, ...finding }): CountedFinding[] => {
      if (depends === null) return [{ ...finding, rows: null }];
      const { rows, isWhole } = inspection.count(leg, depends);
      return rows === 0 ? [] : [{ ...finding, rows, ...(isWhole || rows === null ? {} : { atLeast: true }) }];
    });
    return { number: entry.number, name: entry.name, direction, entities, findings };
  });
  return { from, to, migrations };
}

export function lossesIn({ migrations }: PlannedRun): readonly CountedFinding[] {
  return migrations.flatMap(({ findings }) => findings.filter(({ losesData }) => losesData));
}

const DOES = {
  add: 'is added',
  drop: 'goes into the archive',
  keep: 'keeps its rows',
  index: 'gets an index over its rows',
  instant: 'changes at once; its rows stay as they are',
  rewrite: 'is rewritten',
} as const;

export function showPlan(terminal: Terminal, { migrations }: PlannedRun): void {
  for (const { number, name, direction, entities, findings } of migrations) {
    terminal.line(`${terminal.style('bold', `${number} ${name}`)} ${direction}`);
    for (const { entity, does, rows, bytes } of entities) {
      const size = rows === 0 ? '' : ` (about ${counted(rows, 'row')}, ${bytesText(bytes)})`;
      terminal.line(`  ${entity} ${DOES[does]}${size}`);
    }
    for (const finding of findings) showFinding(terminal, finding);
  }
}

/** `  QDB3101 User.name goes from every row; ... (3 rows) Make it optional first, ...` */
export function showFinding(
  terminal: Terminal,
  { code, message, advice, rows, atLeast, losesData }: CountedFinding,
): void {
  const about = rows === null ? '' : ` (${atLeast ? 'at least ' : ''}${counted(rows, 'row')})`;
  const style = losesData ? 'red' : 'yellow';
  terminal.line(`  ${terminal.style(style, code)} ${message}${about} ${terminal.style('dim', advice)}`);
}
