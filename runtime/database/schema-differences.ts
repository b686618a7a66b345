// How two models of one entity differ in what stands on disk, in words. Class and property names, defaults and markers that
// don't change bytes are no difference.
import type { EntityModel, Field, FieldType, IndexModel } from '../schema/model.js';

/** One line per difference, from the stored model to the code's; empty when rows of one are rows of the other. */
export function differencesOf(stored: EntityModel, code: EntityModel): readonly string[] {
  const differences: string[] = [];
  const entity = code.storedName;
  const before = new Map(stored.fields.map((field) => [field.storedName, field]));
  const after = new Map(code.fields.map((field) => [field.storedName, field]));

  for (const [name, field] of before) {
    const now = after.get(name);
    if (now === undefined) differences.push(`${entity}.${name} is stored, and not in the code`);
    else if (slot(field) !== slot(now)) differences.push(`${entity}.${name} was ${slot(field)} and is ${slot(now)}`);
  }
  for (const name of after.keys()) if (!before.has(name)) differences.push(`${entity}.${name} is new`);
  if (differences.length === 0 && [...before.keys()].join('\n') !== [...after.keys()].join('\n')) {
    differences.push(`${entity}'s fields stand in another order`);
  }

  const keys = [keyOf(stored), keyOf(code)];
  if (keys[0] !== keys[1]) differences.push(`${entity}'s primary key was ${keys[0]} and is ${keys[1]}`);

  const indexesBefore = new Map(stored.indexes.map((index) => [index.name, indexText(stored, index)]));
  const indexesAfter = new Map(code.indexes.map((index) => [index.name, indexText(code, index)]));
  for (const [name, text] of indexesBefore) {
    const now = indexesAfter.get(name);
    if (now === undefined) differences.push(`index "${name}" of ${entity} is stored, and not in the code`);
    else if (now !== text) differences.push(`index "${name}" of ${entity} was ${text} and is ${now}`);
  }
  for (const name of indexesAfter.keys()) {
    if (!indexesBefore.has(name)) differences.push(`index "${name}" of ${entity} is new`);
  }
  // Index entries repeat the date; without indexes nothing of it is stored.
  const [dateBefore, dateAfter] = [stored, code].map((model) => model.ttl && storedNameOf(model, model.ttl.field));
  if (code.indexes.length > 0 && dateBefore !== dateAfter) {
    differences.push(
      `${entity}'s rows expired by ${dateBefore ?? 'nothing'} and now by ${dateAfter ?? 'nothing'}, which its indexes don't hold`,
    );
  }
  return differences;
}

function slot({ type, nullable, optional }: Pick<Field, 'type' | 'nullable' | 'optional'>): string {
  return typeText(type) + (nullable ? ' | null' : '') + (optional ? ' | undefined' : '');
}

function typeText(type: FieldType): string {
  switch (type.kind) {
    case 'enum':
      return type.values.map((value) => JSON.stringify(value)).join(' | ');
    case 'array':
      return `(${slot(type.element)})[]`;
    case 'record':
      return `Record<string, ${slot(type.value)}>`;
    case 'embedded':
      return `{ ${type.fields.map((field) => `${field.storedName}: ${slot(field)}`).join(', ')} }`;
    default:
      return type.kind;
  }
}

function keyOf(model: EntityModel): string {
  return model.key.fields.map((name) => storedNameOf(model, name)).join(' + ');
}

function indexText(model: EntityModel, { fields, unique, caseInsensitive, multiEntry }: IndexModel): string {
  const words = [
    ...(unique ? ['unique'] : []),
    ...(caseInsensitive ? ['case-insensitive'] : []),
    ...(multiEntry ? ['multi-entry'] : []),
  ];
  return [...words, `on ${fields.map((name) => storedNameOf(model, name)).join(' + ')}`].join(' ');
}

function storedNameOf(model: EntityModel, property: string): string {
  return model.fields.find((field) => field.name === property)?.storedName ?? property;
}
