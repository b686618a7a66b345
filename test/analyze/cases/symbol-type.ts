import { PrimaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity()
export class Tagged {
  @PrimaryKey() id!: number;
  tag!: symbol;
  static readonly unique: unique symbol = Symbol('left alone');
}
