// The steps that lead from one version of the schema to another. Both directions of a migration come from here: what was
// renamed is known by ids, so that down is the same question with the versions exchanged.
import type { EntitySnapshot, SchemaSnapshot } from '../../runtime/migrate/snapshot.js';
import type { StepKind } from '../../runtime/migrate/steps.js';
import { canonicalJson } from '../../runtime/schema/fingerprint.js';
import type { EntityModel, Field, IndexModel } from '../../runtime/schema/model.js';
import type { Regrouping } from './allot.js';
import { conversionOf, fallbackText } from './convert.js';
import { mergeText, splitText } from './regroup.js';

/** A step as source: `step.kind(...args)`. */
export interface PlannedStep {
  readonly kind: StepKind;
  /** Names, and lists of names. */
  readonly names: readonly (string | readonly string[])[];
  /** The last argument: a value or an arrow; null where there is none. */
  readonly code: string | null;
  /** What its author should look at: shown above the step. */
  readonly note: string | null;
}

/** @param regroupings splits and merges from `from` to `to`, in stored names */
export function stepsBetween(
  from: SchemaSnapshot,
  to: SchemaSnapshot,
  regroupings: readonly Regrouping[],
): readonly PlannedStep[] {
  const before = new Map(from.entities.map((entity) => [entity.id, entity]));
  const after = new Set(to.entities.map(({ id }) => id));
  const gone = from.entities.filter(({ id }) => !after.has(id)).map(({ model }) => step('dropEntity', [model.name]));
  const kept = to.entities.flatMap((entity) => {
    const ancestor = before.get(entity.id);
    if (ancestor === undefined) return [step('addEntity', [entity.model.name])];
    const own = regroupings.filter((one) => one.entity === entity.model.storedName);
    return new EntitySteps(ancestor, entity, own).all();
  });
  return [...gone, ...kept];
}

/** The same splits and merges, seen from the other side. */
export function reversed(
  regroupings: readonly Regrouping[],
  from: SchemaSnapshot,
  to: SchemaSnapshot,
): readonly Regrouping[] {
  const idOf = new Map(to.entities.map(({ id, model }) => [model.storedName, id]));
  const nameOf = new Map(from.entities.map(({ id, model }) => [id, model.storedName]));
  return regroupings.map((one) => ({
    entity: nameOf.get(idOf.get(one.entity)!) ?? one.entity,
    from: one.into,
    into: one.from,
  }));
}

class EntitySteps {
  private readonly old: EntityModel;
  private readonly model: EntityModel;
  /** Fields of both versions by id. */
  private readonly oldFields: ReadonlyMap<number, Field>;
  private readonly newFields: ReadonlyMap<number, Field>;

  constructor(
    before: EntitySnapshot,
    after: EntitySnapshot,
    private readonly regroupings: readonly Regrouping[],
  ) {
    this.old = before.model;
    this.model = after.model;
    this.oldFields = fieldsById(before);
    this.newFields = fieldsById(after);
  }

  all(): PlannedStep[] {
    const { old, model } = this;
    const renamed = old.name === model.name && old.storedName === model.storedName;
    return [
      ...(renamed ? [] : [step('renameEntity', [old.name, model.name])]),
      ...(this.marksDiffer() ? [step('changeEntity', [model.name])] : []),
      ...(this.keysDiffer() ? [step('changeKey', [model.name])] : []),
      ...this.indexes('dropIndex'),
      ...this.fields(),
      ...this.indexes('addIndex'),
    ];
  }

  private fields(): PlannedStep[] {
    const { model, oldFields, newFields, regroupings } = this;
    const split = new Set(regroupings.flatMap(({ from }) => from));
    const filled = new Set(regroupings.flatMap(({ into }) => into));
    const renames = both(oldFields, newFields).filter(
      ([was, is]) => was.name !== is.name || was.storedName !== is.storedName,
    );
    const dropped = only(oldFields, newFields).filter(({ storedName }) => !split.has(storedName));
    const added = only(newFields, oldFields).filter(({ storedName }) => !filled.has(storedName));
    return [
      ...renames.map(([was, is]) => step('renameField', [model.name, was.name, is.name])),
      ...both(oldFields, newFields).flatMap(([was, is]) => this.changed(was, is)),
      ...regroupings.map((one) => this.regrouped(one)),
      ...added.map((field) => this.added(field)),
      ...dropped.map(({ name }) => step('dropField', [model.name, name])),
    ];
  }

  private changed(was: Field, is: Field): PlannedStep[] {
    const { model } = this;
    const names = [model.name, is.name];
    const steps: PlannedStep[] = [];
    if (slotOf(was) !== slotOf(is)) {
      const conversion = conversionOf(was, is);
      const note = conversion.kind === 'unknown' ? 'nobody but you knows how: write the converter' : null;
      steps.push(step('changeField', names, conversion.kind === 'same' ? null : conversion.text, note));
    }
    if (canonicalJson(was.encrypted) !== canonicalJson(is.encrypted)) {
      steps.push(step(is.encrypted === null ? 'decryptField' : 'encryptField', names));
    }
    return steps;
  }

  private added(field: Field): PlannedStep {
    const mayLack = (field.nullable || field.optional) && field.default === null;
    const value = mayLack ? null : fallbackText(field);
    const note =
      mayLack || field.default !== null
        ? null
        : value === null
          ? 'rows that are there need a value: write it'
          : 'rows that are there get this';
    const unknown = `() => {\n  throw new Error('say what ${field.name} is in rows that are there');\n}`;
    return step('addField', [this.model.name, field.name], mayLack ? null : (value ?? unknown), note);
  }

  private regrouped({ from, into }: Regrouping): PlannedStep {
    const { old, model } = this;
    const was = from.map((name) => fieldNamed(old, name));
    const is = into.map((name) => fieldNamed(model, name));
    if (was.length === 1) {
      const names = [model.name, was[0]!.name, is.map(({ name }) => name)];
      return step('splitField', names, splitText(was[0]!, is), 'see that this is the split you mean');
    }
    const names = [model.name, was.map(({ name }) => name), is[0]!.name];
    return step('mergeFields', names, mergeText(was, is[0]!), 'see that this is the merge you mean');
  }

  private indexes(kind: 'addIndex' | 'dropIndex'): PlannedStep[] {
    const was = new Map(
      this.old.indexes.map((index) => [index.name, this.indexShape(index, this.old, this.oldFields)]),
    );
    const is = new Map(
      this.model.indexes.map((index) => [index.name, this.indexShape(index, this.model, this.newFields)]),
    );
    const gone = [...was].filter(([name, shape]) => is.get(name) !== shape);
    const fresh = [...is].filter(([name, shape]) => was.get(name) !== shape);
    const renamed = new Map<string, string>();
    for (const [name, shape] of fresh) {
      const from = gone.find(([other, theirs]) => theirs === shape && ![...renamed.values()].includes(other));
      if (from !== undefined) renamed.set(name, from[0]);
    }
    const { name: entity } = this.model;
    if (kind === 'dropIndex') {
      const leaving = gone.filter(([name]) => ![...renamed.values()].includes(name));
      return leaving.map(([name]) => step('dropIndex', [entity, name]));
    }
    return fresh.map(([name]) => {
      const from = renamed.get(name);
      return from === undefined ? step('addIndex', [entity, name]) : step('renameIndex', [entity, from, name]);
    });
  }

  /** What an index is, whatever it and its fields are called. */
  private indexShape(index: IndexModel, model: EntityModel, fields: ReadonlyMap<number, Field>): string {
    const ids = new Map([...fields].map(([id, field]) => [field.name, id]));
    const columns = index.fields.map((name) => ids.get(fieldOf(model, name).name));
    return canonicalJson([columns, index.unique, index.caseInsensitive, index.multiEntry]);
  }

  private keysDiffer(): boolean {
    const shape = (model: EntityModel, fields: ReadonlyMap<number, Field>) => {
      const ids = new Map([...fields].map(([id, field]) => [field.name, id]));
      return canonicalJson(model.key.fields.map((name) => [ids.get(name), slotOf(fieldOf(model, name))]));
    };
    return shape(this.old, this.oldFields) !== shape(this.model, this.newFields);
  }

  /** Whether anything differs that no other step says. */
  private marksDiffer(): boolean {
    const { oldFields, newFields } = this;
    const marks = (model: EntityModel, fields: ReadonlyMap<number, Field>, other: ReadonlyMap<number, Field>) => {
      const idOf = new Map([...fields].map(([id, field]) => [field.name, id]));
      const shared = [...fields].filter(([id]) => other.has(id));
      return canonicalJson({
        accessor: model.accessor,
        key: [model.key.autoIncrement, model.key.generate],
        ttl: model.ttl === undefined ? null : [idOf.get(model.ttl.field), model.ttl.milliseconds],
        retainWhile: model.retainWhile ?? null,
        order: model.fields.map(({ name }) => idOf.get(name)).filter((id) => other.has(id!)),
        fields: shared.map(([id, field]) => [id, field.default, field.visibleTo]),
      });
    };
    return marks(this.old, oldFields, newFields) !== marks(this.model, newFields, oldFields);
  }
}

function step(
  kind: StepKind,
  names: PlannedStep['names'],
  code: string | null = null,
  note: string | null = null,
): PlannedStep {
  return { kind, names, code, note };
}

function fieldsById({ model, fieldIds }: EntitySnapshot): Map<number, Field> {
  const fields = model.fields.map((field) => [fieldIds[field.storedName]!, field] as const);
  return new Map(fields.sort(([a], [b]) => a - b));
}

function both(a: ReadonlyMap<number, Field>, b: ReadonlyMap<number, Field>): [Field, Field][] {
  return [...a].flatMap(([id, field]) => (b.has(id) ? [[field, b.get(id)!] as [Field, Field]] : []));
}

function only(a: ReadonlyMap<number, Field>, b: ReadonlyMap<number, Field>): Field[] {
  return [...a].filter(([id]) => !b.has(id)).map(([, field]) => field);
}

function fieldNamed(model: EntityModel, storedName: string): Field {
  return model.fields.find((field) => field.storedName === storedName)!;
}

function fieldOf(model: EntityModel, name: string): Field {
  return model.fields.find((field) => field.name === name)!;
}

/** What values of a field are, names of embedded classes aside. */
function slotOf({ type, nullable, optional }: Field): string {
  return canonicalJson({ type, nullable, optional });
}
