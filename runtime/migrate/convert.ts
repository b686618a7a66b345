// Rows of one version turned into rows of another, by the steps between them. steps.ts says what a list of steps means.

import { checkFields, checkSlot } from '../codec/interpret-check.js';
import type { PlainRow } from '../codec/interpret-record.js';
import { isSpliceable } from '../codec/splice.js';
import { MigrationError } from '../errors.js';
import type { Field } from '../schema/model.js';
import type { EntitySnapshot } from './snapshot.js';
import type { Step } from './steps.js';

/** Steps that give a field of a row a value. */
type RowStep = Extract<Step, { kind: 'addField' | 'changeField' | 'splitField' | 'mergeFields' | 'transform' }>;

export class RowConverter {
  /** Property names, new and old, of the fields that keep their id. */
  private readonly carried: readonly (readonly [to: string, from: string])[];
  private readonly steps: readonly RowStep[];
  /** Fields whose values may not fit: all but those that had the same type and are not touched. */
  private readonly unsure: readonly Field[];

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
    const untouched = this.untouched();
    this.unsure = to.model.fields.filter((field) => {
      const then = from.model.fields.find(({ name }) => name === untouched.get(field.name));
      return then === undefined || !isSpliceable(then, field);
    });
  }

  /** Whether rows of the two versions are the same rows, under other names at most. */
  get changesNothing(): boolean {
    return this.steps.length === 0;
  }

  /** New and old property names of the fields that come through with their values as they were. */
  untouched(): ReadonlyMap<string, string> {
    const touched = new Set(this.steps.flatMap((step) => targetsOf(step, this.to)));
    return new Map(this.carried.filter(([to]) => !touched.has(to)));
  }

  /** What the steps make of any row, whatever is in it; null where that depends on the row. */
  constants(): PlainRow | null {
    if (!this.steps.every(isConstant)) return null;
    let made: PlainRow = {};
    for (const step of this.steps) made = applied(step, {}, made, this.to);
    const fits = this.to.model.fields.every(
      (field) => !Object.hasOwn(made, field.name) || checkSlot(field, made[field.name], '') === null,
    );
    // What doesn't fit is refused where there is a row to name.
    return fits ? made : null;
  }

  /**
   * The row of the new version, checked; `row` is frozen from here on.
   * @throws MigrationError QDB3020 when a function of the migration throws, QDB3021 when what comes out is no such row
   */
  convert(row: PlainRow): PlainRow {
    const old = Object.freeze(row);
    let made: PlainRow = {};
    for (const [to, from] of this.carried) made[to] = old[from];
    for (const step of this.steps) {
      try {
        made = applied(step, old, made, this.to);
      } catch (cause) {
        throw this.failure(row, step, cause);
      }
    }
    const problem = checkFields(this.unsure, made, this.to.model.name);
    if (problem === null) return made;
    throw new MigrationError(
      'QDB3021',
      `${this.label}: the new row of ${this.to.model.name} ${this.keyText(row)} does not fit: ${problem.path} ${problem.message}. Mend the step.`,
    );
  }

  private failure(row: PlainRow, step: RowStep, cause: unknown): MigrationError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new MigrationError(
      'QDB3020',
      `${this.label}: ${step.kind} failed for ${this.to.model.name} ${this.keyText(row)}: ${reason}. Mend the step.`,
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

/** Whether what a step gives is the same for all rows, or nothing at all. */
function isConstant(step: RowStep): boolean {
  if (step.kind === 'addField') return typeof step.value !== 'function';
  return step.kind === 'changeField' && step.convert === undefined;
}

function applied(step: RowStep, old: PlainRow, made: PlainRow, { model }: EntitySnapshot): PlainRow {
  switch (step.kind) {
    case 'addField': {
      const { value } = step;
      if (typeof value === 'function') made[step.field] = atOnce(value(old));
      else if (value !== undefined) made[step.field] = value;
      else
        made[step.field] = model.fields.find(({ name }) => name === step.field)?.nullable === true ? null : undefined;
      return made;
    }
    case 'changeField':
      if (step.convert !== undefined) made[step.field] = atOnce(step.convert(made[step.field], old));
      return made;
    case 'splitField': {
      const parts = asRow(step.convert(old));
      for (const name of step.into) {
        if (!(name in parts)) throw new Error(`what it returned has no ${JSON.stringify(name)}`);
        made[name] = parts[name];
      }
      return made;
    }
    case 'mergeFields':
      made[step.into] = atOnce(step.convert(old));
      return made;
    case 'transform':
      return { ...asRow(step.convert(old)) };
  }
}

/** A value that a function of a migration has made; no promise of one, for rows go through without waiting. */
function atOnce(value: unknown): unknown {
  if (!isThenable(value)) return value;
  // That it came at all is what its author must mend: how it ends is of no interest, and must not end the process.
  value.then(undefined, () => {});
  throw new Error('it returned a promise, and rows do not wait for one: get what it needs before the migration runs');
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function asRow(value: unknown): PlainRow {
  const row = atOnce(value);
  if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row as PlainRow;
  throw new Error(`it returned ${row === null ? 'null' : Array.isArray(row) ? 'a list' : typeof row}, and no object`);
}

/** Property names of the fields that a step gives a value. */
function targetsOf(step: RowStep, { model }: EntitySnapshot): readonly string[] {
  switch (step.kind) {
    case 'addField':
      return [step.field];
    case 'changeField':
      return step.convert === undefined ? [] : [step.field];
    case 'splitField':
      return step.into;
    case 'mergeFields':
      return [step.into];
    case 'transform':
      return model.fields.map(({ name }) => name);
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
