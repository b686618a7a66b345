// Reads how long the rows of an entity live: `@QuantaEntity({ ttl: '30d', ttlField: 'createdAt' })`.
import { parseDuration } from '../../runtime/schema/duration.js';
import type { TtlModel } from '../../runtime/schema/model.js';
import type { Context } from './context.js';
import * as findings from './findings.js';
import type { EntityFields } from './keys.js';
import type { EntityOptions } from './options.js';

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
  const milliseconds = parseDuration(text);
  return milliseconds === 0 ? undefined : milliseconds;
}
