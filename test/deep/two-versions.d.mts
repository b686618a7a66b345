import type { History } from '../../runtime/migrate/index.js';
import type { EntityModel } from '../../runtime/schema/model.js';

export const before: EntityModel;
export const after: EntityModel;
export const migrations: History;
export function rowOf(id: number): { id: number; email: string; nick: string };
