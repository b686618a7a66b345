// Every sentence that analysis can say, with its code. docs/errors.md gives each one's cause and cure.
// QDB12xx classes, QDB13xx types, QDB14xx keys and indexes, QDB15xx names, QDB16xx markers and defaults.

export interface Finding {
  readonly code: string;
  readonly category: 'error' | 'warning';
  readonly message: string;
}

function error(code: string, message: string): Finding {
  return { code, category: 'error', message };
}

function warning(code: string, message: string): Finding {
  return { code, category: 'warning', message };
}

// Classes

export const notExported = (name: string): Finding =>
  error('QDB1201', `Export ${name} from this file, because generated code has to import it.`);

export const anonymousClass = (): Finding =>
  error('QDB1202', 'Give this class a name: its rows, its types and its place on disk are named after it.');

export const notTopLevel = (name: string): Finding =>
  error('QDB1203', `Move ${name} to the top level of its file, so that generated code can import it.`);

export const abstractEntity = (name: string): Finding =>
  error('QDB1204', `Take \`abstract\` off ${name}, or leave @QuantaEntity to the classes that extend it.`);

export const genericClass = (name: string): Finding =>
  error(
    'QDB1205',
    `Move the type parameters of ${name} to an abstract base class and extend that with types filled in.`,
  );

export const unreadableBase = (text: string): Finding =>
  error(
    'QDB1206',
    `Extend a class that is written in this project: the fields of \`${text}\` can't be read from source.`,
  );

export const parameterProperty = (name: string): Finding =>
  error('QDB1207', `Declare ${name} as a field of the class, because no constructor runs for rows that are read.`);

export const privateField = (name: string, modifier: string): Finding =>
  error(
    'QDB1208',
    `Make ${name} public, so that generated code can reach it, or mark this ${modifier} field with @Ignore().`,
  );

export const accessorField = (name: string): Finding =>
  error('QDB1209', `Declare ${name} without \`accessor\`: rows are made without running the code behind it.`);

export const indexSignature = (): Finding =>
  error('QDB1210', 'Replace the index signature by a field of type Record<string, T>.');

export const unreadableName = (): Finding =>
  error('QDB1211', "Give the field a plain name or a string: a computed name can't be read at compile time.");

export const forgottenEntity = (name: string): Finding =>
  warning(
    'QDB1212',
    `Mark ${name} with @QuantaEntity() or @Embedded(): without one of them its other markers do nothing.`,
  );

export const entityAndEmbedded = (name: string): Finding =>
  error(
    'QDB1213',
    `Decide between @QuantaEntity() and @Embedded() for ${name}: a class is stored on its own or inside others.`,
  );

// Types

export const functionType = (): Finding =>
  error('QDB1301', "A function can't be stored: make it a method, or mark the field with @Ignore().");

export const symbolType = (): Finding =>
  error('QDB1302', "A symbol can't be stored: use a string, or mark the field with @Ignore().");

export const genericType = (name: string): Finding =>
  error(
    'QDB1303',
    `Fill in the type parameter ${name} where the class or type is used: a type must be known to be stored.`,
  );

export const unresolvedType = (name: string): Finding =>
  error('QDB1304', `Import or declare ${name}: the compiler can't find it, so its values can't be stored.`);

export const knownType = (name: string, instead: string): Finding =>
  error('QDB1305', `${name} can't be stored: use ${instead}.`);

export const tupleType = (): Finding =>
  error('QDB1306', "A tuple can't be stored: use an array of one type, or a class marked @Embedded().");

export const anyType = (): Finding => error('QDB1307', 'Write `unknown` instead of `any` to store values of any kind.');

export const missingType = (name: string): Finding =>
  error('QDB1308', `Write down the type of ${name}: what can be inferred here says too little to store it.`);

export const plainObject = (text: string): Finding =>
  error('QDB1309', `${text} can't be stored: use a class marked @Embedded(), a Record<string, T> or unknown.`);

export const entityType = (name: string): Finding =>
  error('QDB1310', `${name} is an entity with rows of its own: store its primary key here, or make it @Embedded().`);

export const classInUnion = (name: string): Finding =>
  error('QDB1311', `${name} can't be one choice among others: give it a field of its own, optional or \`| null\`.`);

export const nothingToStore = (): Finding =>
  error('QDB1312', 'This type has no value worth storing: give the field another type, or mark it with @Ignore().');

export const recursiveClass = (path: string): Finding =>
  error(
    'QDB1313',
    `Embedded classes can't contain themselves (${path}): make one an entity and store its primary key.`,
  );

export const recursiveType = (name: string): Finding =>
  error('QDB1314', `${name} refers to itself, so it has no layout: use unknown.`);

export const recordKey = (): Finding =>
  error('QDB1315', 'A record has keys of type string: write Record<string, T>, or use a class marked @Embedded().');

export const computedEnum = (name: string): Finding =>
  error('QDB1316', `Give ${name} a finite constant value, because enum values are part of the stored schema.`);

export const singleValue = (type: string): Finding =>
  error('QDB1317', `Write \`${type}\`: only string and number literals can be stored as choices.`);

export const intersectionType = (): Finding =>
  error('QDB1318', "An intersection can't be stored: use one of its types, or a class marked @Embedded().");

// Keys and indexes

export const noPrimaryKey = (name: string): Finding =>
  error('QDB1401', `Mark one field of ${name} with @PrimaryKey(): every row needs an identity.`);

export const secondPrimaryKey = (first: string): Finding =>
  error(
    'QDB1402',
    `${first} is the primary key already: for a key of several fields write @PrimaryKey({ composite: [...] }) there.`,
  );

export const optionalKey = (name: string): Finding =>
  error('QDB1403', `Make ${name} neither optional nor nullable: every row needs its primary key.`);

export const keyType = (name: string): Finding =>
  error('QDB1404', `Give ${name} the type number, string or bigint: nothing else can be a primary key.`);

export const autoIncrementType = (name: string): Finding =>
  error('QDB1405', `Give ${name} a number or bigint type (not Float32), or leave autoIncrement out.`);

export const generateType = (name: string): Finding =>
  error('QDB1406', `Give ${name} the type string, or leave generate out: generated keys are strings.`);

export const generatedComposite = (option: string): Finding =>
  error('QDB1407', `Leave ${option} out: only a primary key of one field can be generated.`);

export const encryptedKey = (name: string): Finding =>
  error('QDB1408', `Leave @Encrypted off ${name}: a primary key orders the rows on disk and has to be readable.`);

export const keyDefault = (name: string): Finding =>
  error('QDB1409', `Leave the default of ${name} out: rows with one primary key would replace each other.`);

export const noSuchField = (name: string, entity: string): Finding =>
  error('QDB1410', `Name a stored field of ${entity}: it has no "${name}".`);

export const indexType = (name: string, what: string): Finding =>
  error('QDB1411', `${name} is ${what}, which has no order to index: index a field of a plain type.`);

export const caseInsensitiveType = (): Finding =>
  error('QDB1412', 'Leave caseInsensitive out, or index a string: this index has no string column.');

export const duplicateIndex = (name: string): Finding =>
  error(
    'QDB1413',
    `Remove this index, or rename a column with @Name: the entity has an index called "${name}" already.`,
  );

export const encryptedIndex = (name: string): Finding =>
  error('QDB1414', `Leave the index or @Encrypted off ${name}: index entries would show what encryption hides.`);

export const repeatedColumn = (name: string): Finding =>
  error('QDB1415', `Name each column once: "${name}" is among them already.`);

export const arrayColumn = (name: string): Finding =>
  error('QDB1416', `Put the index on ${name} itself: an array can only be the first column.`);

export const keyInEmbedded = (marker: string): Finding =>
  error('QDB1417', `Use @${marker} in the entity itself: the fields of an embedded class can't be keys or columns.`);

// Names

export const duplicateField = (storedName: string, other: string): Finding =>
  error('QDB1501', `Choose another name: ${other} is stored as ${JSON.stringify(storedName)} already.`);

export const duplicateEntity = (storedName: string, other: string): Finding =>
  error(
    'QDB1502',
    `Choose another name: ${JSON.stringify(storedName)} or an index of it is on disk as part of ${other} already.`,
  );

export const duplicateAccessor = (accessor: string, other: string): Finding =>
  error('QDB1503', `Choose another accessor: db.${accessor} is ${other} already.`);

export const reservedAccessor = (accessor: string): Finding =>
  error(
    'QDB1504',
    `Choose another accessor with @QuantaEntity({ accessor: '...' }): db.${accessor} is a member of the database.`,
  );

export const accessorName = (accessor: string): Finding =>
  error('QDB1505', `Write the accessor as an identifier, such as 'orderLine': ${JSON.stringify(accessor)} is none.`);

export const storedName = (name: string): Finding =>
  error('QDB1506', `Choose another name: ${JSON.stringify(name)} can't name an entity or field on disk.`);

export const duplicateClass = (name: string, file: string): Finding =>
  error('QDB1507', `Rename this class: generated code knows ${name} of ${file} by that name already.`);

// Markers and defaults

export const notLiteral = (): Finding =>
  error('QDB1601', 'Write a literal here, because markers are read at compile time and never run.');

export const unknownOption = (name: string, marker: string, known: readonly string[]): Finding =>
  error(
    'QDB1602',
    `@${marker} has no option "${name}": ${known.length === 0 ? 'it takes none' : `use ${known.join(', ')}`}.`,
  );

export const optionValue = (option: string, expected: string): Finding =>
  error('QDB1603', `Give ${option} ${expected}.`);

export const misplacedMarker = (marker: string, what: string): Finding =>
  error('QDB1604', `Move @${marker} to a public field: ${what} isn't stored.`);

export const repeatedMarker = (marker: string): Finding =>
  error('QDB1605', `Remove one of them: @${marker} may stand here only once.`);

export const ignoredField = (marker: string): Finding =>
  error('QDB1606', `Remove @${marker} or @Ignore(): an ignored field isn't stored.`);

export const unreadableDefault = (): Finding =>
  error('QDB1607', 'Write a literal, an enum member or `new Date()` as default, or fill the value in before put().');

export const unfitDefault = (name: string): Finding =>
  error('QDB1608', `Choose a default that ${name} can hold: this one doesn't fit its type.`);

export const twoDefaults = (): Finding => error('QDB1609', 'Keep either @Default or the initializer, not both.');

export const uncalledMarker = (marker: string): Finding =>
  error('QDB1610', `Write @${marker}() with parentheses: a marker is called.`);

export const embeddedName = (): Finding =>
  error('QDB1611', 'Remove @Name: an embedded class is stored inside its owners and has no name on disk.');

export const misplacedDefinition = (): Finding =>
  error(
    'QDB1615',
    'Write this as a statement of its own at the top level of the file that declares the class, with the name of the class first.',
  );

export const noDefinition = (): Finding =>
  error('QDB1616', 'Call index(), primaryKey() or one of their like here, or write an array of such calls.');

export const disguisedMarker = (text: string): Finding =>
  error(
    'QDB1617',
    `Write the marker out in place of \`${text}\`: from a name of your own it can't be read, and it would reach the runtime.`,
  );

export const badDuration = (text: string): Finding =>
  error(
    'QDB1612',
    `Write ttl as a whole number and a unit, s, m, h, d or w, such as '30d': ${JSON.stringify(text)} is no such span of time.`,
  );

export const ttlAlone = (given: 'ttl' | 'ttlField'): Finding =>
  error(
    'QDB1613',
    given === 'ttl'
      ? "Name the date that ttl counts from: ttlField: 'createdAt'."
      : "Say how long a row lives from that date on: ttl: '30d'.",
  );

export const ttlFieldType = (name: string): Finding =>
  error('QDB1614', `Choose a field of type Date for ttlField: ${name} isn't one that every row has in the clear.`);

export const storedPlain = (marker: string, name: string): Finding =>
  warning(
    'QDB5001',
    `Don't rely on @${marker} yet: ${name} is stored and shown as it is, until encryption and roles arrive.`,
  );
