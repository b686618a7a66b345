import { Index, PrimaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity({ ttl: '30d', ttlField: 'createdAt' })
export class Session {
  @PrimaryKey({ generate: 'uuidv7' }) token!: string;
  @Index() userId!: number;
  createdAt = new Date();
}
