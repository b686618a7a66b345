// What a rebase makes of the steps that authors have left in their files. A step that the new difference asks for is taken in its
// author's words; one that no difference ever asked for (a transform, a change of values) goes along; one that somebody has written
// by hand and that can't go along ends the rebase, for nobody's work is dropped without a word.
import type { EntitySnapshot, SchemaSnapshot } from '../../runtime/migrate/snapshot.js';
import type { Step } from '../../runtime/migrate/steps.js';
import type { PlannedStep } from './between.js';
import type { EditedStep } from './edited.js';
import { callText, type SourceStep } from './files.js';

/** One direction of a migration that is moved; of several, in the order in which they run that way. */
export interface MovedSide {
  /** Names the file in errors. */
  readonly file: string;
  readonly from: SchemaSnapshot;
  readonly to: SchemaSnapshot;
  /** What the file holds: data, and the same as text. */
  readonly steps: readonly Step[];
  readonly texts: readonly EditedStep[];
  /** What would be proposed for this migration where it stood. */
  readonly proposed: readonly PlannedStep[];
}

export interface TakeOver {
  readonly sides: readonly MovedSide[];
  /** What the new difference asks for, and the versions that it lies between. */
  readonly planned: readonly PlannedStep[];
  readonly from: SchemaSnapshot;
  readonly to: SchemaSnapshot;
  /** What both lines have grown from: ids below its next ones mean the same in both. */
  readonly base: SchemaSnapshot;
}

/** What can't be taken over. */
export class NotTaken extends Error {
  constructor(
    readonly file: string,
    why: string,
  ) {
    super(why);
  }
}

type Names = readonly (string | readonly string[])[];
type ValueStep = Extract<Step, { kind: 'addField' | 'changeField' | 'splitField' | 'mergeFields' | 'transform' }>;

const VALUES = ['addField', 'changeField', 'splitField', 'mergeFields', 'transform'];
/** What makes rows that functions of another migration of the same rebase would not see, or see too early. */
const TOUCHES_ROWS = [...VALUES, 'dropField', 'renameField'];
const BUILDS_ON_VALUES = ['changeField', 'splitField', 'mergeFields', 'transform'];

/** @throws NotTaken */
export function takeOver(what: TakeOver): SourceStep[] {
  const { sides, planned } = what;
  refuseEntangled(sides);
  const asked = new Set(planned.map(({ kind, names }) => keyOf(kind, names)));
  const known = new Set(sides.flatMap(({ proposed }) => proposed.map(({ kind, names }) => keyOf(kind, names))));
  const taken = new Set<string>();
  const own: SourceStep[] = [];
  for (const side of sides) {
    side.steps.forEach((step, i) => {
      const edited = side.texts[i]!;
      const kept = isValueStep(step)
        ? valueStep(what, side, step, edited, asked)
        : { names: namesOf(step), text: edited.text };
      if (kept === null) return;
      const key = keyOf(step.kind, kept.names);
      if (!isValueStep(step) && !asked.has(key)) return;
      taken.add(key);
      own.push({ comments: edited.comments, text: kept.text, isVerbatim: edited.isVerbatim });
    });
  }
  // What an author has taken out stays out.
  const fresh = planned.filter(({ kind, names }) => {
    const key = keyOf(kind, names);
    return !taken.has(key) && !known.has(key);
  });
  return [...fresh, ...own];
}

/** The names that it has in the new versions, and its text; null where there is nothing left for it to do. */
function valueStep(
  what: TakeOver,
  side: MovedSide,
  step: ValueStep,
  edited: EditedStep,
  asked: ReadonlySet<string>,
): { readonly names: Names; readonly text: string } | null {
  const was = namesOf(step);
  const byHand = isByHand(side, step, edited);
  const refuse = (why: string): NotTaken => new NotTaken(side.file, `${shown(step)} ${why}`);
  const names = newNames(what, side, step);
  if (names === null) {
    if (!byHand || isGoneAgain(what, side, step)) return null;
    throw refuse('is about what is no longer there');
  }
  if (!asked.has(keyOf(step.kind, names))) {
    if (!byHand) return null;
    const proposed = side.proposed.some((one) => keyOf(one.kind, one.names) === keyOf(step.kind, was));
    if (proposed) throw refuse('was written by hand for a change that the other side has made already');
  }
  if (JSON.stringify(names) === JSON.stringify(was)) return { names, text: edited.text };
  const text = step.kind === 'splitField' ? null : edited.renamed(names);
  if (text !== null) return { names, text };
  if (byHand) throw refuse('is about what has other names now');
  return null;
}

/** Whether its author has said more than what was proposed. */
function isByHand({ proposed }: MovedSide, step: ValueStep, { text }: EditedStep): boolean {
  const key = keyOf(step.kind, namesOf(step));
  const own = proposed.find((one) => keyOf(one.kind, one.names) === key);
  return own === undefined || plain(callText(own)) !== plain(text);
}

/** Without what a formatter may change. */
function plain(text: string): string {
  return text
    .replace(/[\s;]+/g, '')
    .replaceAll('"', "'")
    .replace(/,(?=[)\]}])/g, '');
}

/**
 * Several migrations become one, whose functions all see the rows from before the first of them: what one has written by hand must
 * not depend on what another one does.
 */
function refuseEntangled(sides: readonly MovedSide[]): void {
  sides.forEach((side, at) => {
    side.steps.forEach((step, i) => {
      if (!isValueStep(step) || !isByHand(side, step, side.texts[i]!)) return;
      const id = entityNamed(side.to, step.entity)?.id;
      const isWhole = step.kind === 'transform' || step.kind === 'splitField';
      const isInTheWay = (other: number, kind: string): boolean => {
        if (other < at) return isFunction(step) && TOUCHES_ROWS.includes(kind);
        return BUILDS_ON_VALUES.includes(kind) || (isWhole && kind === 'renameField');
      };
      const clash = sides.find(
        (other, j) =>
          j !== at &&
          other.steps.some(
            (one) => 'entity' in one && entityNamed(other.to, one.entity)?.id === id && isInTheWay(j, one.kind),
          ),
      );
      if (clash === undefined) return;
      throw new NotTaken(
        side.file,
        `${shown(step)} is written by hand, and ${clash.file} changes rows of ${step.entity} too: in one migration, neither would see what the other makes. Write what both do into the steps of one of the two, as one transform, take it out of the other`,
      );
    });
  });
}

function isFunction(step: ValueStep): boolean {
  return step.kind === 'addField' ? typeof step.value === 'function' : true;
}

/** Null where an entity or a field of it is gone. */
function newNames(what: TakeOver, side: MovedSide, step: ValueStep): Names | null {
  const last = what.sides.at(-1)!.to;
  const first = what.sides[0]!.from;
  const was = entityNamed(side.to, step.entity);
  const ahead = was === undefined ? null : follow(was, last, what.to, what.base);
  if (was === undefined || ahead === null) return null;
  const origin = side.from.entities.find(({ id }) => id === was.id);
  const back = origin === undefined ? null : follow(origin, first, what.from, what.base);
  const target = (name: string): string | null => ahead.field(name);
  const source = (name: string): string | null => back?.field(name) ?? null;
  const all = (names: readonly string[], of: typeof target): readonly string[] | null => {
    const found = names.map(of);
    return found.every((name) => name !== null) ? found : null;
  };
  const entity = ahead.entity.model.name;
  let rest: readonly (string | readonly string[] | null)[];
  switch (step.kind) {
    case 'addField':
    case 'changeField':
      rest = [target(step.field)];
      break;
    case 'splitField':
      rest = [source(step.from), all(step.into, target)];
      break;
    case 'mergeFields':
      rest = [all(step.from, source), target(step.into)];
      break;
    case 'transform':
      rest = [];
  }
  return rest.every((name) => name !== null) ? [entity, ...rest] : null;
}

/** Whether a later one of the moved migrations takes away what the step is about. */
function isGoneAgain({ sides }: TakeOver, side: MovedSide, step: ValueStep): boolean {
  const last = sides.at(-1)!.to;
  const was = entityNamed(side.to, step.entity);
  const now = last.entities.find(({ id }) => id === was?.id);
  if (was === undefined) return false;
  if (now === undefined) return true;
  return targetsOf(step).some((name) => {
    const id = idOf(was, name);
    return id !== undefined && nameOf(now, id) === null;
  });
}

function targetsOf(step: ValueStep): readonly string[] {
  switch (step.kind) {
    case 'transform':
      return [];
    case 'splitField':
      return step.into;
    case 'mergeFields':
      return [step.into];
    default:
      return [step.field];
  }
}

interface Followed {
  readonly entity: EntitySnapshot;
  field(name: string): string | null;
}

/** An entity of a moved migration in the new line: by way of the end of the moved ones, whose ids are theirs alone. */
function follow(
  entity: EntitySnapshot,
  end: SchemaSnapshot,
  next: SchemaSnapshot,
  base: SchemaSnapshot,
): Followed | null {
  const then = end.entities.find(({ id }) => id === entity.id);
  if (then === undefined) return null;
  const isShared = entity.id < base.nextEntityId;
  const now = next.entities.find(({ id, model }) =>
    isShared ? id === entity.id : model.storedName === then.model.storedName,
  );
  if (now === undefined) return null;
  const shared = isShared ? (base.entities.find(({ id }) => id === entity.id)?.nextFieldId ?? 1) : 1;
  return {
    entity: now,
    field: (name) => {
      const id = idOf(entity, name);
      if (id === undefined) return null;
      if (id < shared) return nameOf(now, id);
      const stored = Object.entries(then.fieldIds).find(([, one]) => one === id)?.[0];
      return now.model.fields.find(({ storedName }) => storedName === stored)?.name ?? null;
    },
  };
}

function idOf({ model, fieldIds }: EntitySnapshot, name: string): number | undefined {
  const field = model.fields.find((one) => one.name === name);
  return field === undefined ? undefined : fieldIds[field.storedName];
}

function nameOf({ model, fieldIds }: EntitySnapshot, id: number): string | null {
  return model.fields.find(({ storedName }) => fieldIds[storedName] === id)?.name ?? null;
}

function entityNamed({ entities }: SchemaSnapshot, name: string): EntitySnapshot | undefined {
  return entities.find(({ model }) => model.name === name);
}

function isValueStep(step: Step): step is ValueStep {
  return VALUES.includes(step.kind);
}

function keyOf(kind: string, names: Names): string {
  return `${kind} ${JSON.stringify(names)}`;
}

function shown(step: Step): string {
  const names = namesOf(step).map((name) => (typeof name === 'string' ? `'${name}'` : `['${name.join("', '")}']`));
  return `step.${step.kind}(${names.join(', ')}, ...)`;
}

/** As they stand in the call. */
function namesOf(step: Step): Names {
  switch (step.kind) {
    case 'addEntity':
    case 'dropEntity':
    case 'changeEntity':
    case 'changeKey':
    case 'transform':
      return [step.entity];
    case 'renameEntity':
      return [step.from, step.to];
    case 'addField':
    case 'dropField':
    case 'changeField':
    case 'encryptField':
    case 'decryptField':
      return [step.entity, step.field];
    case 'renameField':
    case 'renameIndex':
      return [step.entity, step.from, step.to];
    case 'splitField':
    case 'mergeFields':
      return [step.entity, step.from, step.into];
    case 'addIndex':
    case 'dropIndex':
      return [step.entity, step.index];
  }
}
