import { Index, PrimaryKey, QuantaEntity } from 'quantadb';

/** The row that all stores of the race hold. */
@QuantaEntity()
export class User {
  @PrimaryKey() id!: number;
  @Index({ unique: true }) email!: string;
  name!: string;
  @Index() lastLogin!: Date;
  isActive!: boolean;
  score!: number;
  tags!: string[];
  bio!: string;
}
