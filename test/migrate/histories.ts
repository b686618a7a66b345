// Histories for tests, out of models: snapshots get their ids as `migrate create` would give them.

import type { History, HistoryEntry } from '../../runtime/migrate/index.js';
import { EMPTY_SNAPSHOT, type SchemaSnapshot } from '../../runtime/migrate/snapshot.js';
import { STEPS, type Step, type StepBuilder } from '../../runtime/migrate/steps.js';
import type { EntityModel } from '../../runtime/schema/model.js';
import { allot } from '../../transformer/migrate/allot.js';
import { type AnswerOptions, parseAnswers } from '../../transformer/migrate/answers.js';

/** Rows of models that a test makes up have no types. */
type Loose = Readonly<Record<string, Readonly<Record<string, never>>>>;
const LOOSE = STEPS as unknown as StepBuilder<Loose, Loose>;

export interface Change {
  readonly models: readonly EntityModel[];
  readonly answers?: AnswerOptions;
  readonly up: (step: StepBuilder<Loose, Loose>) => readonly Step[];
  readonly down: (step: StepBuilder<Loose, Loose>) => readonly Step[];
}

export function historyOf(changes: readonly Change[]): History {
  const entries: HistoryEntry[] = [];
  let before: SchemaSnapshot = EMPTY_SNAPSHOT;
  for (const [i, { models, answers = {}, up, down }] of changes.entries()) {
    const { after } = allot(before, models, parseAnswers(answers));
    const id = String(i + 1)
      .repeat(64)
      .slice(0, 64);
    const migration = { before, after, up: up(LOOSE), down: down(LOOSE) };
    entries.push({ number: i + 1, name: `change_${i + 1}`, id, parent: entries[i - 1]?.id ?? null, migration });
    before = after;
  }
  return entries;
}

/** A first migration that makes these entities. */
export function initial(models: readonly EntityModel[]): Change {
  return {
    models,
    up: (step) => models.map(({ name }) => step.addEntity(name)),
    down: (step) => models.map(({ name }) => step.dropEntity(name)),
  };
}
