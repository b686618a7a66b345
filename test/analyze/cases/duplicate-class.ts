import { Embedded, PrimaryKey, QuantaEntity } from 'quantadb';
import { Address as Other, Person as Somebody } from './support/person.js';

@Embedded()
export class Address {
  city!: string;
}

@QuantaEntity({ accessor: 'persons' })
export class Person {
  @PrimaryKey() id!: number;
}

@QuantaEntity()
export class Home {
  @PrimaryKey() id!: number;
  home!: Address;
  work!: Other;
}

export type { Somebody };
