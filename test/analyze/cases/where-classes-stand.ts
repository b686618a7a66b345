import { Embedded, PrimaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity()
class Hidden {
  @PrimaryKey() id!: number;
}

@Embedded()
class HiddenPart {
  x!: number;
}

@QuantaEntity()
class TypeOnly {
  @PrimaryKey() id!: number;
}
export type { TypeOnly };

export function make(): unknown {
  @QuantaEntity()
  class Local {
    @PrimaryKey() id!: number;
  }
  return [Local, Hidden, HiddenPart];
}

@QuantaEntity()
export abstract class Base {
  @PrimaryKey() id!: number;
}

@QuantaEntity()
export default class {
  @PrimaryKey() id!: number;
}

@QuantaEntity()
@Embedded()
export class Both {
  @PrimaryKey() id!: number;
}
