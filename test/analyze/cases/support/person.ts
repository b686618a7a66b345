import { Embedded, PrimaryKey, QuantaEntity } from 'quantadb';

@Embedded()
export class Address {
  street!: string;
}

@QuantaEntity()
export class Person {
  @PrimaryKey() id!: number;
}
