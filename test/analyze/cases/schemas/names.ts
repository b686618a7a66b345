import { Index, Name, PrimaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity()
@Name('a "quoted"\n name \u2028 */ `${x}`')
export class OddNames {
  @PrimaryKey() ['constructor']!: number;
  @Index() ['__proto__']!: string;
  'a-b'!: string;
  'with "quotes"'!: string;
  'new\nline'!: string;
  7!: string;
  1e3!: string;
  @Name('stored \' " ` \n \u2029 */ name') renamed!: string;
  größe!: number;
  $dollar_!: number;
  toString_!: string;
  hasOwnProperty!: never[] extends unknown ? string : never;
}

@QuantaEntity({ accessor: 'links' })
export class URLEntry {
  @PrimaryKey() id!: number;
}

@QuantaEntity()
export class HTTPServer2 {
  @PrimaryKey() id!: number;
}

@QuantaEntity()
export class ID {
  @PrimaryKey() id!: number;
}

@QuantaEntity()
export class _Private {
  @PrimaryKey() id!: number;
}

@QuantaEntity()
export class Österreich {
  @PrimaryKey() id!: number;
}
