import { Index, Name, PrimaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity()
export class Person {
  @PrimaryKey() id!: number;
  @Index({ composite: ['last'] }) first!: string;
  last!: string;
  @Index() @Name('first_last') both!: string;
  @Index()
  @Index({ unique: true })
  email!: string;
}
