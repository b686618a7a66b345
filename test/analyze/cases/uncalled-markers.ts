import { Index, PrimaryKey, QuantaEntity } from 'quantadb';

// @ts-expect-error: TypeScript minds as well
@QuantaEntity
export class User {
  // @ts-expect-error
  @PrimaryKey id!: number;
  // @ts-expect-error
  @Index email!: string;
}
