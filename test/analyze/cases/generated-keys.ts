import { type Float32, PrimaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity()
export class CountedText {
  @PrimaryKey({ autoIncrement: true }) id!: string;
}

@QuantaEntity()
export class CountedFloat {
  @PrimaryKey({ autoIncrement: true }) id!: Float32;
}

@QuantaEntity()
export class GeneratedNumber {
  @PrimaryKey({ generate: 'ulid' }) id!: number;
}

@QuantaEntity()
export class GeneratedPair {
  @PrimaryKey({ generate: 'uuidv7', composite: ['line'] }) id!: string;
  line!: number;
}

@QuantaEntity()
export class CountedPair {
  @PrimaryKey({ autoIncrement: true, composite: ['line'] }) id!: number;
  line!: number;
}
