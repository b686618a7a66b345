import { PrimaryKey, QuantaEntity } from 'quantadb';

interface Address {
  street: string;
}

class Plain {
  x = 0;
}

@QuantaEntity()
export class Customer {
  @PrimaryKey() id!: number;
  address!: Address;
  plain!: Plain;
  inline!: { street: string };
  object!: object;
  pattern!: RegExp;
  soon!: Promise<string>;
  buffer!: ArrayBuffer;
  intersection!: Address & { city: string };
  url!: String;
  self!: this;
}
