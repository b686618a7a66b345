import { Default, Embedded, Ignore, Index, Name, PrimaryKey, QuantaEntity } from 'quantadb';

@Embedded()
@Name('part')
export class Part {
  x!: number;
}

@QuantaEntity()
export class Contradiction {
  @PrimaryKey() id!: number;
  @Ignore() @Index() ignored!: string;
  @Name('a') @Name('b') twice!: string;
  @Default(1) both = 2;
  part!: Part;
}
