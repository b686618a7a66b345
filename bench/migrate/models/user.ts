import { Index, PrimaryKey, QuantaEntity } from 'quantadb';

/** The row as it is before the migration. */
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
