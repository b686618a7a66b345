// Turns the members of a class into fields of the schema: type, stored name, default, and what its markers say.
import type ts from 'typescript';
import type { Field } from '../../runtime/schema/model.js';
import { type Member, membersOf, only } from './classes.js';
import type { Context } from './context.js';
import { readDefault } from './defaults.js';
import * as findings from './findings.js';
import { isFieldName } from './names.js';
import { encryptedOptions, nameArgument, visibleToOptions } from './options.js';
import type { TypeReader } from './types.js';

/** A field beside the source that it was read from. */
export interface SourceField {
  readonly field: Field;
  readonly member: Member;
}

export interface ClassFields {
  readonly fields: readonly SourceField[];
  /** Members that can't be stored, which has been reported. */
  readonly failed: readonly Member[];
}

/** The stored fields of a class. */
export function readFields(context: Context, types: TypeReader, declaration: ts.ClassLikeDeclaration): ClassFields {
  const fields: SourceField[] = [];
  const failed: Member[] = [];
  const stored = new Map<string, string>();
  for (const member of membersOf(context, declaration)) {
    const field = member.refused ? undefined : readField(context, types, member);
    if (!field) {
      failed.push(member);
      continue;
    }
    const other = stored.get(field.storedName);
    if (other === undefined) stored.set(field.storedName, field.name);
    else context.report(nameNode(context, member), findings.duplicateField(field.storedName, other));
    fields.push({ field, member });
  }
  return { fields, failed };
}

function readField(context: Context, types: TypeReader, member: Member): Field | undefined {
  const slot = readSlot(context, types, member);
  const encrypted = only(context, member.markers, 'Encrypted');
  const visibleTo = only(context, member.markers, 'VisibleTo');
  for (const marker of [encrypted, visibleTo]) {
    if (marker) context.report(marker.node, findings.storedPlain(marker.name, member.name));
  }
  const storedName = readStoredName(context, member);
  if (!slot) return undefined;
  return {
    name: member.name,
    storedName,
    ...slot,
    default: readDefault(context, member, slot),
    encrypted: encrypted ? encryptedOptions(context, encrypted) : null,
    visibleTo: visibleTo ? visibleToOptions(context, visibleTo) : null,
  };
}

function readSlot(context: Context, types: TypeReader, member: Member): ReturnType<TypeReader['read']> {
  const { node, bindings, name } = member;
  let slot: ReturnType<TypeReader['read']>;
  if (node.type) {
    slot = types.read({ node: node.type, bindings });
  } else {
    const type = context.checker.getTypeAtLocation(node);
    if (saysTooLittle(context, type)) return context.report(node.name, findings.missingType(name));
    slot = types.infer(type, node.name);
  }
  return slot && { ...slot, optional: slot.optional || node.questionToken !== undefined };
}

/** `x;` is any, `x = null` is null, and `x = []` is an array of any or of never. */
function saysTooLittle(context: Context, type: ts.Type): boolean {
  const { TypeFlags } = context.ts;
  const nothing = TypeFlags.Any | TypeFlags.Never | TypeFlags.Null | TypeFlags.Undefined;
  if (type.flags & nothing) return true;
  if (!context.checker.isArrayType(type)) return false;
  const [element] = context.checker.getTypeArguments(type as ts.TypeReference);
  return element !== undefined && saysTooLittle(context, element);
}

function readStoredName(context: Context, member: Member): string {
  const marker = only(context, member.markers, 'Name');
  const written = marker && nameArgument(context, marker);
  const { value, node } = written ?? { value: member.name, node: member.node.name };
  if (!isFieldName(value)) context.report(node, findings.storedName(value));
  return value;
}

/** Where the stored name of a field comes from. */
function nameNode(context: Context, member: Member): ts.Node {
  return only(context, member.markers, 'Name')?.node ?? context.ts.getNameOfDeclaration(member.node) ?? member.node;
}
