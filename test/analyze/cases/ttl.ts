import { AES256, Encrypted, PrimaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity({ ttl: '30 days', ttlField: 'createdAt' })
export class Spelled {
  @PrimaryKey() id!: number;
  createdAt!: Date;
}

@QuantaEntity({ ttl: '0d', ttlField: 'created' })
export class Misnamed {
  @PrimaryKey() id!: number;
  createdAt!: Date;
}

@QuantaEntity({ ttl: '1.5h', ttlField: 'createdAt' })
export class Missing {
  @PrimaryKey() id!: number;
  createdAt?: Date;
}

@QuantaEntity({ ttl: '1h', ttlField: 'createdAt' })
export class Typed {
  @PrimaryKey() id!: number;
  createdAt!: number;
}

@QuantaEntity({ ttl: '1h', ttlField: 'createdAt' })
export class Secret {
  @PrimaryKey() id!: number;
  @Encrypted({ algorithm: AES256 }) createdAt!: Date;
}

@QuantaEntity({ ttl: '1h' })
export class Endless {
  @PrimaryKey() id!: number;
}

@QuantaEntity({ ttlField: 'createdAt' })
export class Timeless {
  @PrimaryKey() id!: number;
  createdAt!: Date;
}
