import { Embedded, Index, PrimaryKey, QuantaEntity } from 'quantadb';

@Embedded()
export class Part {
  x!: number;
}

// @ts-expect-error: TypeScript minds as well
@QuantaEntity({ table: 'users' })
export class User {
  // @ts-expect-error
  @PrimaryKey({ autoincrement: true }) id!: number;
  // @ts-expect-error
  @Index({ uniq: true }) email!: string;
  part!: Part;
}
