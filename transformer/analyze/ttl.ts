// Reads how long the rows of an entity live: `@QuantaEntity({ ttl: '30d', ttlField: 'createdAt' })`.
import type { TtlModel } from '../../runtime/schema/model.js';
import type { Context } from './context.js';
import * as findings from './findings.js';
import type { EntityFields } from './keys.js';
import type { EntityOptions } from './options.js';

const UNIT_MILLISECONDS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
/** What a Date can span, in milliseconds: 100,000,000 days. */
const LONGEST_MILLISECONDS = 8_640_000_000_000_000;

/** Undefined where rows stay, and where the options can't be understood, which has been reported. */
export function readTtl(
  context: Context,
  entity: EntityFields,
  { ttl, ttlField }: EntityOptions,
): TtlModel | undefined {
  if (!ttl || !ttlField) {
    if (ttl) context.report(ttl.node, findings.ttlAlone('ttl'));
    if (ttlField) context.report(ttlField.node, findings.ttlAlone('ttlField'));
    return undefined;
  }
  const milliseconds = durationOf(ttl.value);
  if (milliseconds === undefined) context.report(ttl.node, findings.badDuration(ttl.value));
  // Of a field that can't be stored nothing more needs to be said.
  if (entity.failed.some((member) => member.name === ttlField.value)) return undefined;
  const field = entity.fields.find((source) => source.field.name === ttlField.value)?.field;
  if (!field) return context.report(ttlField.node, findings.noSuchField(ttlField.value, entity.name));
  if (field.type.kind !== 'date' || field.optional || field.nullable || field.encrypted) {
    return context.report(ttlField.node, findings.ttlFieldType(field.name));
  }
  return milliseconds === undefined ? undefined : { field: field.name, milliseconds };
}

function durationOf(text: string): number | undefined {
  const [, count, unit] = /^(\d+)([smhdw])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  const milliseconds = Number(count) * UNIT_MILLISECONDS[unit]!;
  return milliseconds > 0 && milliseconds <= LONGEST_MILLISECONDS ? milliseconds : undefined;
}
