// The classes of a small project, version by version: every kind of change once.

interface Version {
  readonly name: string;
  readonly models: string;
  readonly answers: readonly string[];
}

const IMPORTS =
  "import { AES256, Embedded, Encrypted, Index, type Int16, type Int32, Name, PrimaryKey, QuantaEntity } from 'quantadb';\n";

function version(name: string, models: string, answers: readonly string[] = []): Version {
  return { name, models: `${IMPORTS}void [AES256, Embedded, Encrypted, Index, Name];\n${models}`, answers };
}

export const VERSIONS: readonly Version[] = [
  version(
    'init',
    `@QuantaEntity()
export class User {
  @PrimaryKey({ autoIncrement: true }) id!: number;
  @Index() mail!: string;
  name!: string;
  age!: number;
  tag!: string;
  born!: Date;
  size!: Int16;
  level!: 'low' | 'mid' | 'high';
}
`,
  ),
  version(
    'rename_and_add',
    `@QuantaEntity()
export class User {
  @PrimaryKey({ autoIncrement: true }) id!: number;
  @Index() email!: string;
  name!: string;
  age!: number;
  tag!: string;
  born!: Date;
  size!: Int16;
  level!: 'low' | 'mid' | 'high';
  nick?: string;
  visits: Int32 = 1;
  joined!: Date;
}
@QuantaEntity()
export class Note {
  @PrimaryKey({ autoIncrement: true }) id!: number;
  text!: string;
}
`,
    ['--rename', 'User.mail=email'],
  ),
  version(
    'retype',
    `@QuantaEntity()
export class User {
  @PrimaryKey({ autoIncrement: true }) id!: number;
  @Index({ unique: true }) email!: string;
  name!: string;
  age!: string;
  tag!: string[];
  born!: number;
  size!: Int32;
  level!: 'low' | 'high';
  nick!: string;
  visits: Int32 = 1;
  joined?: Date;
}
@QuantaEntity()
export class Note {
  @PrimaryKey({ autoIncrement: true }) id!: number;
  text!: string;
}
`,
  ),
  version(
    'split_and_drop',
    `@QuantaEntity()
export class User {
  @PrimaryKey({ autoIncrement: true }) id!: number;
  @Index({ unique: true }) email!: string;
  first!: string;
  last!: string;
  @Encrypted({ algorithm: AES256 }) age!: string;
  tag!: string[];
  born!: number;
  size!: Int32;
  level!: 'low' | 'high';
  visits: Int32 = 2;
  joined?: Date;
}
@QuantaEntity()
export class Memo {
  @PrimaryKey({ autoIncrement: true }) id!: number;
  text!: string;
}
`,
    ['--split', 'User.name=first,last', '--drop', 'User.nick', '--rename', 'Note=Memo'],
  ),
  version(
    'merge_and_drop_entity',
    `@QuantaEntity()
export class User {
  @PrimaryKey() email!: string;
  fullName!: string;
  @Encrypted({ algorithm: AES256 }) age!: string;
  tag!: string[];
  born!: number;
  size!: Int32;
  level!: 'low' | 'high';
  visits: Int32 = 2;
  joined?: Date;
}
`,
    ['--merge', 'User.first,last=fullName', '--drop', 'User.id'],
  ),
];
