import { PrimaryKey, QuantaEntity } from 'quantadb';

type Position = [longitude: number, latitude: number];

@QuantaEntity()
export class Place {
  @PrimaryKey() id!: number;
  position!: Position;
  corner!: readonly [number, number];
}
