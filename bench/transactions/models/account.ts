import { PrimaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity()
export class Account {
  @PrimaryKey() id!: number;
  sum!: number;
}
