// How the trees of migrations are called. Names that begin with `$` are no entity's.
//
//   $next/<entity>, $next/<entity>/<index>, $next/$meta     what is being built, before the switch
//   $archive/<id>/<up|down>/<entity>                        rows as they were before that migration ran that way
//   $archive/<id>/<up|down>/<entity>#keys                   where it changed keys: new key -> old key

import { NEXT_PREFIX } from '../database/meta.js';

export type Direction = 'up' | 'down';

export const META_TREE = '$meta';
const ARCHIVE = '$archive/';
/** Digits of a migration's id that name its archive. */
const ID_DIGITS = 16;

export function nextTree(name: string): string {
  return NEXT_PREFIX + name;
}

export function isNextTree(name: string): boolean {
  return name.startsWith(NEXT_PREFIX);
}

export function isArchiveTree(name: string): boolean {
  return name.startsWith(ARCHIVE);
}

/** The prefix of all trees of one archive. */
export function archivePrefix(id: string, direction: Direction): string {
  return `${ARCHIVE}${id.slice(0, ID_DIGITS)}/${direction}/`;
}

/** Of the rows of an entity, under the stored name that it had before the migration ran that way. */
export function archiveTree(id: string, direction: Direction, storedName: string): string {
  return archivePrefix(id, direction) + storedName;
}

export function archiveKeysTree(id: string, direction: Direction, storedName: string): string {
  return `${archiveTree(id, direction, storedName)}#keys`;
}

export function opposite(direction: Direction): Direction {
  return direction === 'up' ? 'down' : 'up';
}
