// Rows of one version turned into rows of another, by the steps between them. steps.ts says what a list of steps means.

import { checkRow } from '../codec/interpret-check.js';
import type { PlainRow } from '../codec/interpret-record.js';
import { MigrationError } from '../errors.js';
import type { EntitySnapshot } from './snapshot.js';
import type { Step } from './steps.js';

/** Steps that give a field of a row a value. */
type RowStep = Extract<Step, { kind: 'addField' | 'changeField' | 'splitField' | 'mergeFields' | 'transform' }>;

export class RowConverter {
  /** Property names, new and old, of the fields that keep their id. */
  private readonly carried: readonly (readonly [to: string, from: string])[];
  private readonly steps: readonly RowStep[];

  /**
   * @param steps of the whole migration; those of other entities are passed over
   * @param label names the migration in errors
   */
  constructor(
    from: EntitySnapshot,
    private readonly to: EntitySnapshot,
    steps: readonly Step[],
    private readonly label: string,
  ) {
    const old = new Map(from.model.fields.map((field) => [from.fieldIds[field.storedName], field.name]));
    this.carried = to.model.fields.flatMap(({ name, storedName }) => {
      const before = old.get(to.fieldIds[storedName]);
      return before === undefined ? [] : [[name, before] as const];
    });
    this.steps = steps.filter(isRowStep).filter(({ entity }) => entity === to.model.name);
  }

  /** Whether rows of the two versions are the same rows, under other names at most. */
  get changesNothing(): boolean {
    return this.steps.length === 0;
  }

  /**
   * The row of the new version, checked.
   * @throws MigrationError QDB3020 when a function of the migration throws, QDB3021 when what comes out is no such row
   */
  convert(row: PlainRow): PlainRow {
    const old = Object.freeze({ ...row });
    let made: PlainRow = {};
    for (const [to, from] of this.carried) made[to] = old[from];
    for (const step of this.steps) {
      try {
        made = applied(step, old, made, this.to);
      } catch (cause) {
        throw this.failure(row, step, cause);
      }
    }
    const problem = checkRow(this.to.model, made);
    if (problem === null) return made;
    throw new MigrationError(
      'QDB3021',
      `${this.label}: the new row of ${this.to.model.name} ${this.keyText(row)} does not fit: ${problem.path} ${problem.message}. Mend the step; nothing was changed.`,
    );
  }

  private failure(row: PlainRow, step: RowStep, cause: unknown): MigrationError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new MigrationError(
      'QDB3020',
      `${this.label}: ${step.kind} failed for ${this.to.model.name} ${this.keyText(row)}: ${reason}. Mend the step; nothing was changed.`,
      { cause },
    );
  }

  private keyText(row: PlainRow): string {
    const { fields } = this.to.model.key;
    return JSON.stringify(Object.fromEntries(fields.map((name) => [name, row[name]])), (_, value: unknown) =>
      typeof value === 'bigint' ? `${value}n` : value,
    );
  }
}

function applied(step: RowStep, old: PlainRow, made: PlainRow, { model }: EntitySnapshot): PlainRow {
  switch (step.kind) {
    case 'addField': {
      const { value } = step;
      if (typeof value === 'function') made[step.field] = value(old);
      else if (value !== undefined) made[step.field] = value;
      else
        made[step.field] = model.fields.find(({ name }) => name === step.field)?.nullable === true ? null : undefined;
      return made;
    }
    case 'changeField':
      if (step.convert !== undefined) made[step.field] = step.convert(made[step.field], old);
      return made;
    case 'splitField': {
      const parts = step.convert(old);
      for (const name of step.into) made[name] = parts[name];
      return made;
    }
    case 'mergeFields':
      made[step.into] = step.convert(old);
      return made;
    case 'transform':
      return { ...step.convert(old) };
  }
}

function isRowStep(step: Step): step is RowStep {
  switch (step.kind) {
    case 'addField':
    case 'changeField':
    case 'splitField':
    case 'mergeFields':
    case 'transform':
      return true;
    default:
      return false;
  }
}
