import { defineEntity, PrimaryKey, primaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity({ retainWhile: (u) => u.isActive })
export class Short {
  @PrimaryKey() id!: number;
  isActive!: boolean;
}

@QuantaEntity<Long>({
  ttl: '30d',
  ttlField: 'createdAt',
  retainWhile: (u) => u.isActive && (u.score >= 5 || u.email.startsWith('a') || u.tags.includes('vip')) && u.nick !== 'x',
})
export class Long {
  @PrimaryKey() id!: number;
  email!: string;
  isActive!: boolean;
  score!: number;
  tags!: string[];
  nick?: string;
  createdAt = new Date();
}

const isKept = (u: Shared): boolean => u.state !== 'deleted';
@QuantaEntity({ retainWhile: isKept })
export class Shared {
  @PrimaryKey() id!: number;
  state!: 'new' | 'deleted';
}

export class Untyped {
  id!: number;
  email!: string;
  tags!: string[];
}
defineEntity(Untyped, { id: primaryKey() }, { retainWhile: (u) => u.email.endsWith('.io') && u.tags.length > 0 });

@QuantaEntity({ retainWhile: (u) => u.email.endsWith('.io') && u.tags.length > 0 })
export class AnyRow {
  @PrimaryKey() id!: number;
  email!: string;
  tags!: string[];
}
