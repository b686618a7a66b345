import { Embedded, PrimaryKey, QuantaEntity } from 'quantadb';

@Embedded()
export class Circle {
  radius!: number;
}

@Embedded()
export class Square {
  side!: number;
}

@QuantaEntity()
export class Drawing {
  @PrimaryKey() id!: number;
  shape!: Circle | Square;
  circleOrName!: Circle | string;
  yes!: true;
  big!: 1n | 2n;
  nothing!: null;
  missing!: undefined;
  never!: never;
  byKind!: Record<'a' | 'b', number>;
  maybe!: Circle | null;
}
