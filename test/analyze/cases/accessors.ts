import { PrimaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity()
export class Transaction {
  @PrimaryKey() id!: number;
}

@QuantaEntity({ accessor: 'close' })
export class Door {
  @PrimaryKey() id!: number;
}

@QuantaEntity({ accessor: 'order-line' })
export class OrderLine {
  @PrimaryKey() id!: number;
}

@QuantaEntity()
export class Person {
  @PrimaryKey() id!: number;
}

@QuantaEntity({ accessor: 'person' })
export class People {
  @PrimaryKey() id!: number;
}
