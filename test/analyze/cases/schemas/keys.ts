import { type Int64, PrimaryKey, QuantaEntity, type UInt32 } from 'quantadb';

@QuantaEntity()
export class ByNumber {
  @PrimaryKey({ autoIncrement: true }) id!: UInt32;
}

@QuantaEntity()
export class ByString {
  @PrimaryKey() code!: string;
}

@QuantaEntity()
export class ByUlid {
  @PrimaryKey({ generate: 'ulid' }) id!: string;
}

@QuantaEntity()
export class ByUuid {
  @PrimaryKey({ generate: 'uuidv7' }) id!: string;
}

@QuantaEntity()
export class ByBigint {
  @PrimaryKey({ autoIncrement: true }) id!: Int64;
}

@QuantaEntity()
export class OrderLine {
  quantity!: number;
  @PrimaryKey({ composite: ['line', 'shop'] }) orderId!: bigint;
  line!: number;
  shop!: string;
}
