import { PrimaryKey, QuantaEntity } from 'quantadb';

const withTime = <T extends new (...args: any[]) => object>(base: T) =>
  class extends base {
    time = 0;
  };

class Plain {
  name!: string;
}

@QuantaEntity()
export class Mixed extends withTime(Plain) {
  @PrimaryKey() id!: number;
}

@QuantaEntity()
export class Failure extends Error {
  @PrimaryKey() id!: number;
}
