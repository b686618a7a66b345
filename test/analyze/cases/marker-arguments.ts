import { Default, Encrypted, Ignore, Index, Name, PrimaryKey, QuantaEntity, VisibleTo } from 'quantadb';

const unique = true;
const options = { unique: true };
const name = (): string => 'x';

@QuantaEntity()
export class Argument {
  @PrimaryKey({ autoIncrement: 'yes' as never }) id!: number;
  @Index({ unique }) a!: string;
  @Index(options) b!: string;
  @Index({ ...options }) c!: string;
  @Index({ unique: !!unique }) d!: string;
  @Index({ composite: 'a' as never }) e!: string;
  @Index({ composite: ['a', name()] }) f!: string;
  @Index({ composite: [1 as never] }) g!: string;
  @Name(name()) h!: string;
  @Name(7 as never) i!: string;
  @Default(name()) j!: string;
  @Ignore('x' as never) k!: string;
  @Encrypted({} as never) l!: string;
  @VisibleTo({ roles: [name()] }) m!: string;
  @Encrypted({ algorithm: 'rot13' as never }) n!: string;
}
