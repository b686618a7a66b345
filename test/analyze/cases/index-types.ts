import { Embedded, Index, PrimaryKey, QuantaEntity } from 'quantadb';

@Embedded()
export class Address {
  @Index() street!: string;
}

@Embedded()
export class Size {
  width!: number;
}

@QuantaEntity()
export class Parcel {
  @PrimaryKey() id!: number;
  @Index() size!: Size;
  @Index() extra!: unknown;
  @Index() labels!: Record<string, string>;
  @Index() grid!: number[][];
  @Index() sizes!: Size[];
  @Index({ caseInsensitive: true }) weight!: number;
  @Index({ composite: ['extra'] }) sender!: string;
}

@QuantaEntity()
export class Delivery {
  @PrimaryKey() id!: number;
  address!: Address;
}
