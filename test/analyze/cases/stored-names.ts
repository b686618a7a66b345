import { Index, Name, PrimaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity()
export class Account {
  @PrimaryKey() id!: number;
  @Name('id') number!: string;
  @Name('') empty!: string;
  ''!: string;
  @Name('half \ud800 a character') half!: string;
}

@QuantaEntity()
@Name('people')
export class Person {
  @PrimaryKey() id!: number;
  @Index() name!: string;
}

@QuantaEntity()
@Name('people')
export class Human {
  @PrimaryKey() id!: number;
}

@QuantaEntity()
@Name('people/name')
export class IndexOfPeople {
  @PrimaryKey() id!: number;
}

@QuantaEntity()
@Name('$meta')
export class Meta {
  @PrimaryKey() id!: number;
}
