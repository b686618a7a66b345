import { defineEntity, PrimaryKey, primaryKey, QuantaEntity } from 'quantadb';

const LIMIT = 5;
declare function isFresh(score: number): boolean;

@QuantaEntity({ retainWhile: (u) => u.score > LIMIT })
export class Captured {
  @PrimaryKey() id!: number;
  score!: number;
}

@QuantaEntity({ retainWhile: (u: Timed) => u.seen.getTime() > Date.now() - 1000 })
export class Timed {
  @PrimaryKey() id!: number;
  seen!: Date;
}

@QuantaEntity({ retainWhile: (u) => u.isActiv })
export class Misspelled {
  @PrimaryKey() id!: number;
  isActive!: boolean;
}

@QuantaEntity({ retainWhile: (u: Missing) => u.nick!.startsWith('a') })
export class Missing {
  @PrimaryKey() id!: number;
  nick?: string;
}

@QuantaEntity({ retainWhile: (u: Unknown) => isFresh(u.score) })
export class Unknown {
  @PrimaryKey() id!: number;
  score!: number;
}

@QuantaEntity({ retainWhile: (u: Changing) => u.score++ > 3 })
export class Changing {
  @PrimaryKey() id!: number;
  score!: number;
}

@QuantaEntity({ retainWhile: async (u) => u.isActive })
export class Waiting {
  @PrimaryKey() id!: number;
  isActive!: boolean;
}

@QuantaEntity({
  retainWhile: function (u) {
    return u.isActive;
  },
})
export class Spelled {
  @PrimaryKey() id!: number;
  isActive!: boolean;
}

export class Defined {
  id!: number;
  isActive!: boolean;
}
defineEntity(Defined, { id: primaryKey() }, { retainWhile: (u) => u.isActive && u.id > LIMIT });
