// Every QDB20xx finding about a query, in one place so that codes, words and advice can be read together. An error is what
// can't be meant; a warning is what runs as written, over each row instead of by an index.

/** What is wrong with a query, without its place. */
export interface Finding {
  readonly code: string;
  readonly category: 'error' | 'warning';
  readonly message: string;
}

const error = (code: string, message: string): Finding => ({ code, category: 'error', message });
const warning = (code: string, message: string): Finding => ({ code, category: 'warning', message });

export function notStored(entity: string, name: string): Finding {
  return error(
    'QDB2001',
    `${name} is no stored field of ${entity}: rows that are read don't have it. Store it, or leave it out.`,
  );
}

export function computed(entity: string, name: string): Finding {
  return warning(
    'QDB2002',
    `${name} of ${entity} is computed, so this runs over each row. Compare the fields it is made of.`,
  );
}

export function encrypted(entity: string, name: string): Finding {
  return error(
    'QDB2003',
    `${name} of ${entity} is @Encrypted, and encrypted values have no order to compare by. Compare with === or !==, or filter rows in memory.`,
  );
}

export function incompatible(left: string, right: string): Finding {
  return error('QDB2004', `${left} and ${right} can't be compared or combined. Convert one of them before the query.`);
}

export function unclearType(text: string): Finding {
  return warning(
    'QDB2005',
    `it isn't clear what ${text} is, so this runs over each row. Give it one type: number, string, bigint, boolean or Date.`,
  );
}

export function unknownCall(text: string): Finding {
  return warning(
    'QDB2006',
    `${text} is a call on the row that no query knows, so this runs over each row. docs/queries.md lists those that can be lowered.`,
  );
}

export function sideEffect(text: string): Finding {
  return error(
    'QDB2007',
    `${text} changes something or differs from call to call, and how often a predicate runs is up to the plan. Do it before or after the query.`,
  );
}

export function asynchronous(): Finding {
  return error(
    'QDB2008',
    "a predicate can't wait: the promise of it counts as true for every row. Await before the query, and use the result here.",
  );
}

export function mutableCapture(name: string): Finding {
  return warning(
    'QDB2009',
    `${name} is assigned again before the query runs, and is read only then. Copy it into a const first.`,
  );
}

export function neverEqual(left: string, right: string, cure: string): Finding {
  return warning('QDB2010', `${left} and ${right} are never equal${cure}`);
}

export function neverTrue(text: string): Finding {
  return warning('QDB2010', `${text} is always false: NaN equals nothing and has no order.`);
}

export function mayThrow(text: string): Finding {
  return warning(
    'QDB2011',
    `${text} throws where a value is missing, so this runs over each row. Write ?. or test for undefined first.`,
  );
}

export function unknownForm(text: string): Finding {
  return warning(
    'QDB2012',
    `${text} can't be lowered, so this runs over each row. docs/queries.md lists the forms that can.`,
  );
}

export function reliesOnGuard(text: string): Finding {
  return warning(
    'QDB2013',
    `${text} would throw before the test to its left could prevent it, so this runs over each row. Compute it before the query.`,
  );
}

export function outOfReach(text: string): Finding {
  return warning(
    'QDB2014',
    `${text} can't be read from here, so this runs over each row. Share the predicate with defineFilter where it is defined.`,
  );
}

export function notServed(entity: string): Finding {
  return warning(
    'QDB2015',
    `no index of ${entity} serves this query, so it reads every row. Add an @Index to a field that it compares.`,
  );
}

export function notRetainable(text: string): Finding {
  return error(
    'QDB1618',
    `Take ${text} out of retainWhile, which is stored with the schema: write fields of the row, constants in full, and the forms that docs/queries.md lists.`,
  );
}
