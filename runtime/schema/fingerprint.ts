// The identity of a schema: SHA-256 over its canonical JSON. The same entities give the same one, in whatever order their
// files were read; the order of fields within an entity counts, because the record layout follows it.
import { createHash } from 'node:crypto';
import type { EntityModel, Schema } from './model.js';

/** 64 lower-case hex digits. */
export function schemaFingerprint(schema: Schema): string {
  const entities = [...schema.entities].sort((a, b) => (a.name < b.name ? -1 : 1));
  return sha256(canonicalJson(entities));
}

/** The same for one entity: what its generated module is stamped with. */
export function entityFingerprint(entity: EntityModel): string {
  return sha256(canonicalJson(entity));
}

/** JSON text with sorted property names and no spaces, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const properties = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`);
  return `{${properties.join(',')}}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
