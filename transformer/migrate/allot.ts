// The next snapshot: today's entities and fields, each under the id it has had or under a new one. What is gone while something
// is new needs an answer; what is missing of them comes back as questions.
import { MigrationError } from '../../runtime/errors.js';
import type { EntitySnapshot, SchemaSnapshot } from '../../runtime/migrate/snapshot.js';
import type { EntityModel } from '../../runtime/schema/model.js';
import type { Answers } from './answers.js';

/** "`from` is gone, and these are new: is it one of them?" */
export interface Question {
  /** Stored name in the new version; null when the question is about entities. */
  readonly entity: string | null;
  /** Stored name of what is gone. */
  readonly from: string;
  /** Stored names of what is new. */
  readonly candidates: readonly string[];
}

/** A field that became several, or several that became one: by stored names within an entity of the new version. */
export interface Regrouping {
  readonly entity: string;
  readonly from: readonly string[];
  readonly into: readonly string[];
}

export interface Allotment {
  readonly after: SchemaSnapshot;
  readonly regroupings: readonly Regrouping[];
  /** When there are any, `after` takes what is asked about for dropped and new. */
  readonly questions: readonly Question[];
}

export interface AllotOptions {
  /** Answers to questions that don't come up: mistakes of a person, but natural where old answers are asked again. */
  readonly idleAnswers?: 'refused' | 'allowed';
}

/**
 * @param models every entity of the compiled schema
 * @throws MigrationError QDB3005 when an answer names what isn't gone, or isn't new
 */
export function allot(
  before: SchemaSnapshot,
  models: readonly EntityModel[],
  answers: Answers,
  { idleAnswers = 'refused' }: AllotOptions = {},
): Allotment {
  const allotter = new Allotter(answers);
  const after = allotter.schema(before, models);
  if (idleAnswers === 'refused') allotter.refuseIdleAnswers();
  return { after, regroupings: allotter.regroupings, questions: allotter.questions };
}

class Allotter {
  readonly questions: Question[] = [];
  readonly regroupings: Regrouping[] = [];
  private readonly used = new Set<string>();

  constructor(private readonly answers: Answers) {}

  schema(before: SchemaSnapshot, models: readonly EntityModel[]): SchemaSnapshot {
    const { entities: renames, drops } = this.answers;
    const known = new Map(before.entities.map((entity) => [entity.model.storedName, entity]));
    const stored = models.map(({ storedName }) => storedName);
    const moved = givenAway(
      [...known.keys()],
      stored,
      (name) => intoOf(renames.get(name)),
      (name) => drops.has(name),
    );
    const kept = new Set(stored.filter((name) => known.has(name) && !moved.has(name)));
    const gone = [...known.keys()].filter((name) => !kept.has(name));
    const fresh = stored.filter((name) => !kept.has(name));
    const ancestors = new Map<string, EntitySnapshot>([...kept].map((name) => [name, known.get(name)!]));
    for (const name of gone) {
      const to = renames.get(name);
      if (to !== undefined && fresh.includes(to) && !ancestors.has(to)) {
        ancestors.set(to, known.get(name)!);
        this.used.add(`${name}=${to}`);
      } else if (drops.has(name)) this.used.add(name);
      else this.ask(null, name, fresh);
    }
    let { nextEntityId } = before;
    const sorted = [...models].sort((a, b) => (a.name < b.name ? -1 : 1));
    const entities = sorted.map((model) => {
      const ancestor = ancestors.get(model.storedName);
      return this.entity(ancestor, model, ancestor?.id ?? nextEntityId++);
    });
    return { entities, nextEntityId };
  }

  private entity(before: EntitySnapshot | undefined, model: EntityModel, id: number): EntitySnapshot {
    const entity = model.storedName;
    const known = before?.fieldIds ?? {};
    const stored = model.fields.map(({ storedName }) => storedName);
    const moved = givenAway(
      Object.keys(known),
      stored,
      (name) => this.answers.fields.get(`${entity}.${name}`) ?? [],
      (name) => this.answers.drops.has(`${entity}.${name}`),
    );
    const kept = new Set(stored.filter((name) => Object.hasOwn(known, name) && !moved.has(name)));
    const gone = Object.keys(known).filter((name) => !kept.has(name));
    const fresh = stored.filter((name) => !kept.has(name));
    const fieldIds = new Map([...kept].map((name) => [name, known[name]!]));
    const merged = new Set(this.mergesOf(entity, gone, fresh));
    for (const name of gone) {
      const place = `${entity}.${name}`;
      const into = this.answers.fields.get(place);
      if (into?.every((to) => fresh.includes(to) && !fieldIds.has(to))) {
        this.used.add(`${place}=${into.join(',')}`);
        if (into.length === 1) fieldIds.set(into[0]!, known[name]!);
        else this.regroupings.push({ entity, from: [name], into });
      } else if (this.answers.drops.has(place)) this.used.add(place);
      else if (!merged.has(name)) this.ask(entity, name, fresh);
    }
    let nextFieldId = before?.nextFieldId ?? 1;
    for (const name of stored) if (!fieldIds.has(name)) fieldIds.set(name, nextFieldId++);
    const sorted = [...fieldIds].sort(([, a], [, b]) => a - b);
    return { id, model, fieldIds: Object.fromEntries(sorted), nextFieldId };
  }

  /** Notes the merges into fields of this entity; gives the fields that go into them. */
  private mergesOf(entity: string, gone: readonly string[], fresh: readonly string[]): string[] {
    const merged: string[] = [];
    for (const [place, from] of this.answers.merges) {
      const into = fresh.find((name) => place === `${entity}.${name}`);
      if (into === undefined || !from.every((name) => gone.includes(name))) continue;
      this.used.add(`${place}=${from.join(',')}`);
      this.regroupings.push({ entity, from, into: [into] });
      merged.push(...from);
    }
    return merged;
  }

  /** Something that is gone where nothing is new was dropped: that loses data, which lint and the runner say, but is no question. */
  private ask(entity: string | null, from: string, candidates: readonly string[]): void {
    if (candidates.length > 0) this.questions.push({ entity, from, candidates });
  }

  /** An answer to a question that nobody asks is a misspelt one. */
  refuseIdleAnswers(): void {
    const { entities, fields, merges, drops } = this.answers;
    const given = [
      ...[...entities].map(([from, to]) => `${from}=${to}`),
      ...[...fields, ...merges].map(([place, names]) => `${place}=${names.join(',')}`),
      ...drops,
    ];
    const idle = given.find((text) => !this.used.has(text));
    if (idle === undefined) return;
    throw new MigrationError(
      'QDB3005',
      `${JSON.stringify(idle)} answers no question: what it names is not gone, or what it becomes is not new. Names are those in storage.`,
    );
  }
}

/**
 * Names that stay and are another's from now on, as both of a swap: one is said to become it, and what had it is said to become
 * something else, or to be dropped.
 * @param into what a name becomes, by the answers
 */
function givenAway(
  known: readonly string[],
  now: readonly string[],
  into: (name: string) => readonly string[],
  isDropped: (name: string) => boolean,
): ReadonlySet<string> {
  const leaves = (name: string): boolean =>
    into(name).length > 0 && into(name).every((to) => to !== name && now.includes(to));
  const taken = new Set(known.filter(leaves).flatMap(into));
  return new Set(known.filter((name) => now.includes(name) && taken.has(name) && (leaves(name) || isDropped(name))));
}

function intoOf(name: string | undefined): readonly string[] {
  return name === undefined ? [] : [name];
}
