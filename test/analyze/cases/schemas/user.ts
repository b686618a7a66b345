import { AES256, Encrypted, Index, PrimaryKey, QuantaEntity, VisibleTo } from 'quantadb';

@QuantaEntity()
export class User {
  @PrimaryKey({ autoIncrement: true }) id!: number;
  @Index({ unique: true }) email!: string;
  @Index() lastLogin!: Date;
  isActive!: boolean;
  score!: number;
  tags!: string[];
  @Encrypted({ algorithm: AES256 }) password!: string;
  @VisibleTo({ roles: ['admin'] }) notes?: string;
  get label() {
    return `${this.email} (${this.score})`;
  }
}
