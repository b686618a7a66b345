// The DAO of one entity: what every store offers as an interface, and the class over the embedded engine, each with a getter
// per unique index.
import type { EntityModel, Field, FieldType, IndexModel } from '../../runtime/schema/model.js';
import type { EntityNames } from './data.js';
import { commentText, literal, type ModuleScope, Scope } from './names.js';

/** Members of Dao, and of what it inherits, that a getter must not hide. */
const DAO_MEMBERS = [
  ...['put', 'insert', 'putMany', 'update', 'get', 'getMany', 'has', 'delete', 'deleteMany', 'count', 'clear'],
  ...['all', 'where', 'sortBy', 'session', 'table', 'findUnique', 'findUniqueBy'],
];

export interface DaoNames {
  /** Exported interface, as `UserAsyncDao`. */
  readonly asyncDao: string;
  /** Exported class, as `UserDao`. */
  readonly dao: string;
}

/** A getter by the columns of a unique index. */
interface Getter {
  readonly name: string;
  readonly index: IndexModel;
  /** Position among the entity's indexes. */
  readonly position: number;
  /** `name: type` of each column, and its name alone. */
  readonly parameters: string;
  readonly values: readonly string[];
  /** Local identifier of the entity class. */
  readonly row: string;
}

export function emitDao(entity: EntityModel, names: EntityNames, dao: DaoNames, scope: ModuleScope): string {
  const types = `<${names.row}, ${names.key}, ${names.input}>`;
  const getters = gettersOf(entity, names, scope);
  const name = commentText(entity.name);
  return [
    `/** Reads and writes ${name} rows, of any store. */`,
    `export interface ${dao.asyncDao} extends ${scope.type('AsyncDao')}${types} {${getters.length === 0 ? '}' : ''}`,
    ...getters.map(declaration),
    ...(getters.length === 0 ? [] : ['}']),
    '',
    `/** Reads and writes ${name} rows of an embedded database. */`,
    `export class ${dao.dao} extends ${scope.value('Dao')}${types} implements ${dao.asyncDao} {`,
    `  constructor(session: ${scope.type('Session')}) {`,
    `    super(session, ${names.entity});`,
    '  }',
    ...getters.map(implementation),
    '}',
    '',
  ].join('\n');
}

function declaration({ name, index, parameters, row }: Getter): string {
  const insensitive = index.caseInsensitive ? ', in upper or lower case' : '';
  return `  /** The row in the unique index ${commentText(index.name)}${insensitive}. */
  ${name}(${parameters}): Promise<${row} | undefined>;`;
}

function implementation({ name, parameters, position, row, values }: Getter): string {
  const found =
    values.length === 1
      ? `this.findUnique(${position}, ${values[0]})`
      : `this.findUniqueBy(${position}, [${values.join(', ')}])`;
  return `
  async ${name}(${parameters}): Promise<${row} | undefined> {
    return ${found};
  }

  ${name}Sync(${parameters}): ${row} | undefined {
    return ${found};
  }`;
}

function gettersOf(entity: EntityModel, names: EntityNames, scope: ModuleScope): readonly Getter[] {
  const members = new Scope(DAO_MEMBERS.flatMap((member) => [member, `${member}Sync`]));
  const getters: Getter[] = [];
  entity.indexes.forEach((index, position) => {
    if (!index.unique) return;
    const fields = index.fields.map((name) => entity.fields.find((field) => field.name === name)!);
    const words = fields.map((field) => pascalCase(field.name)).join('And');
    const locals = scope.nested();
    const values = fields.map((field) => locals.declare(field.name));
    const parameters = fields.map(
      (field, i) => `${values[i]}: ${columnType(field, index.multiEntry && i === 0, names)}`,
    );
    getters.push({
      name: declareTwins(members, `getBy${words}${index.caseInsensitive ? 'IgnoringCase' : ''}`),
      index,
      position,
      parameters: parameters.join(', '),
      values,
      row: names.row,
    });
  });
  return getters;
}

/** A free name whose `...Sync` twin is free, too; takes both. */
function declareTwins(members: Scope, wanted: string): string {
  const name = members.declare(wanted);
  return members.declare(`${name}Sync`) === `${name}Sync` ? name : declareTwins(members, wanted);
}

/** `email` gives `Email`, `street-name` gives `StreetName`, `größe` gives `Größe`. */
function pascalCase(name: string): string {
  return name
    .split(/(?:_|[^\p{ID_Continue}$])+/u)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** The type of a value to look for: never null or undefined, of which there may be many. */
function columnType(field: Field, element: boolean, { row }: EntityNames): string {
  const type = element && field.type.kind === 'array' ? field.type.element.type : field.type;
  // Through the class, for a TypeScript enum is not the union of its values.
  if (type.kind === 'enum') {
    const own = `NonNullable<${row}[${literal(field.name)}]>`;
    return element ? `NonNullable<${own}[number]>` : own;
  }
  return scalarType(type);
}

function scalarType(type: FieldType): string {
  switch (type.kind) {
    case 'string':
    case 'boolean':
      return type.kind;
    case 'bigint':
    case 'int64':
    case 'uint64':
      return 'bigint';
    case 'date':
      return 'Date';
    case 'bytes':
      return 'Uint8Array';
    default:
      return 'number';
  }
}
