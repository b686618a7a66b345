// What a migration may do to data and to code that is already running, before it runs: each finding with the safer way.
import type { Dependency } from '../../runtime/migrate/dependency.js';
import type { Migration } from '../../runtime/migrate/migration.js';
import type { EntitySnapshot } from '../../runtime/migrate/snapshot.js';
import type { Row, Step } from '../../runtime/migrate/steps.js';
import type { Field } from '../../runtime/schema/model.js';
import { fitsNumber, isNumberKind } from '../../runtime/schema/numbers.js';
import { conversionOf } from './convert.js';

export interface Finding {
  readonly code: 'QDB3101' | 'QDB3102' | 'QDB3103' | 'QDB3104' | 'QDB3105' | 'QDB3106';
  /** Whether `--version` asks for `--yes` before it. */
  readonly losesData: boolean;
  readonly message: string;
  /** What would be safer. */
  readonly advice: string;
  /** What in the database decides whether this is a problem at all; null when nothing does. */
  readonly depends: Dependency | null;
}

/** Findings about the way up, or the way down. */
export function lintMigration(migration: Migration, direction: 'up' | 'down'): readonly Finding[] {
  const [before, after] =
    direction === 'up' ? [migration.before, migration.after] : [migration.after, migration.before];
  const steps = direction === 'up' ? migration.up : migration.down;
  const linter = new Linter(
    new Map(before.entities.map((entity) => [entity.id, entity])),
    new Map(after.entities.map((entity) => [entity.model.name, entity])),
  );
  return steps.flatMap((step) => linter.step(step));
}

class Linter {
  constructor(
    private readonly before: ReadonlyMap<number, EntitySnapshot>,
    private readonly after: ReadonlyMap<string, EntitySnapshot>,
  ) {}

  step(step: Step): Finding[] {
    switch (step.kind) {
      case 'dropEntity':
        return [
          destroys(
            `${step.entity} and all its rows go`,
            'Deploy code without it first, and drop it in a later release.',
            {
              kind: 'rows',
              entity: step.entity,
            },
          ),
          breaksOlder(`Code that still has ${step.entity} finds it gone.`),
        ];
      case 'dropField':
        return [
          destroys(
            `${step.entity}.${step.field} goes from every row`,
            'Make it optional first, and drop it once nothing reads it.',
            this.rows(step.entity),
          ),
          breaksOlder(`Code that still has ${step.entity}.${step.field} finds it gone.`),
        ];
      case 'renameEntity':
      case 'renameField':
        return [breaksOlder(`Code that knows the name ${step.from} does not find it.`)];
      case 'addIndex':
        return this.addIndex(step.entity, step.index);
      case 'changeField':
        return this.changeField(step.entity, step.field, step.convert);
      case 'splitField':
      case 'mergeFields':
        return [rewrites(step.entity, this.rows(step.entity)), breaksOlder(`${step.entity} gets other fields.`)];
      case 'transform':
        return [rewrites(step.entity, this.rows(step.entity)), breaksOlder(`Rows of ${step.entity} become others.`)];
      case 'addField':
        return typeof step.value === 'function' ? [rewrites(step.entity, this.rows(step.entity))] : [];
      case 'changeKey':
        return [rewrites(step.entity, this.rows(step.entity)), breaksOlder(`Keys of ${step.entity} become others.`)];
      default:
        return [];
    }
  }

  private addIndex(name: string, indexName: string): Finding[] {
    const entity = this.after.get(name);
    const index = entity?.model.indexes.find((one) => one.name === indexName);
    const old = this.ancestor(name);
    if (entity === undefined || index?.unique !== true || old === undefined) return [];
    const fields = index.fields.map((field) => this.oldField(name, field)?.name);
    if (!fields.every((field) => field !== undefined)) return [];
    const { caseInsensitive } = index;
    return [
      {
        code: 'QDB3102',
        losesData: false,
        message: `The unique index ${indexName} of ${name} fails where two rows have the same ${fields.join(' and ')}.`,
        advice: 'Find the duplicates and settle them before, or in a transform of this migration.',
        depends: { kind: 'duplicates', entity: old.model.name, fields, caseInsensitive },
      },
    ];
  }

  private changeField(
    name: string,
    fieldName: string,
    convert: ((value: unknown, row: Row) => unknown) | undefined,
  ): Finding[] {
    const was = this.oldField(name, fieldName);
    const is = this.after.get(name)?.model.fields.find((field) => field.name === fieldName);
    const old = this.ancestor(name);
    if (was === undefined || is === undefined || old === undefined) return [];
    const findings: Finding[] = [];
    const mayLack = was.nullable || was.optional;
    if (mayLack && !is.nullable && !is.optional) {
      findings.push({
        code: 'QDB3103',
        losesData: false,
        message: `${name}.${fieldName} must be there from now on${convert === undefined ? ', and nothing says what rows without it get' : ''}.`,
        advice: 'See that the value that such rows get is what you want.',
        depends: { kind: 'missing', entity: old.model.name, field: was.name },
      });
    }
    if (narrows(was, is)) {
      findings.push(
        destroys(
          `values of ${name}.${fieldName} may not all fit their new type`,
          'Add a field of the new type beside it, and drop the old one in a later release.',
          this.rows(name),
        ),
      );
    }
    const fits = conversionOf(was, is).kind === 'same';
    if (!fits && convert === undefined) {
      findings.push({
        code: 'QDB3106',
        losesData: false,
        message: `Values of ${name}.${fieldName} don't fit its new type, and nothing converts them: the migration will fail.`,
        advice: 'Give the step a converter.',
        depends: this.rows(name),
      });
    }
    if (!fits || convert !== undefined) findings.push(rewrites(name, this.rows(name)));
    findings.push(breaksOlder(`${name}.${fieldName} gets another type.`));
    return findings;
  }

  private rows(name: string): Dependency | null {
    const old = this.ancestor(name);
    return old === undefined ? null : { kind: 'rows', entity: old.model.name };
  }

  private ancestor(name: string): EntitySnapshot | undefined {
    const id = this.after.get(name)?.id;
    return id === undefined ? undefined : this.before.get(id);
  }

  private oldField(name: string, fieldName: string): Field | undefined {
    const entity = this.after.get(name);
    const old = this.ancestor(name);
    const field = entity?.model.fields.find((one) => one.name === fieldName);
    if (entity === undefined || old === undefined || field === undefined) return undefined;
    const id = entity.fieldIds[field.storedName];
    return old.model.fields.find((one) => old.fieldIds[one.storedName] === id);
  }
}

/** Whether some value of one field has no equal among those of the other. */
function narrows(was: Field, is: Field): boolean {
  const [from, to] = [was.type, is.type];
  if (isNumberKind(from.kind) && isNumberKind(to.kind)) return !fitsNumber(from.kind, to.kind);
  if (from.kind === 'enum' && to.kind === 'enum') return from.values.some((value) => !to.values.includes(value));
  if (from.kind === 'array' && to.kind !== 'array') return true;
  const keeps = to.kind === 'string' || to.kind === 'unknown' || to.kind === 'array' || from.kind === to.kind;
  return !keeps && !(from.kind === 'date' && to.kind === 'float64');
}

function destroys(what: string, advice: string, depends: Dependency | null): Finding {
  return {
    code: 'QDB3101',
    losesData: true,
    message: `${what.charAt(0).toUpperCase()}${what.slice(1)}; it stays in the archive until \`quantadb migrate prune\`.`,
    advice,
    depends,
  };
}

function breaksOlder(what: string): Finding {
  return {
    code: 'QDB3104',
    losesData: false,
    message: `${what} Code from before this migration can't open the database after it.`,
    advice: 'Stop the older code before you migrate.',
    depends: null,
  };
}

function rewrites(entity: string, depends: Dependency | null): Finding {
  return {
    code: 'QDB3105',
    losesData: false,
    message: `Every row of ${entity} is rewritten.`,
    advice: 'Run `quantadb migrate rehearse` to see how long it takes.',
    depends,
  };
}
