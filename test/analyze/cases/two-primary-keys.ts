import { PrimaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity()
export class OrderLine {
  @PrimaryKey() orderId!: number;
  @PrimaryKey() line!: number;
}

@QuantaEntity()
export class Twice {
  @PrimaryKey()
  @PrimaryKey({ autoIncrement: true })
  id!: number;
}
