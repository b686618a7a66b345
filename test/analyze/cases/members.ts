import { Ignore, Index, PrimaryKey, QuantaEntity } from 'quantadb';

const KEY = Symbol('key');
const computed = `a${1}`;

@QuantaEntity()
export class Session {
  @PrimaryKey() id!: number;
  private token!: string;
  protected cache?: string;
  @Ignore() private helper?: string;
  accessor counter = 0;
  @Index({ composite: ['token'] }) device!: string;
  @Index() @Ignore() both!: string;
  [key: `x${string}`]: unknown;
  [KEY]!: string;
  [computed]!: string;
  #count = 0;
  static total = 0;
  constructor(
    public user: string,
    private readonly clock: () => number,
    plain = 0,
  ) {
    this.#count = plain;
  }
  get age(): number {
    return this.clock() + this.#count + Number(this.token) + Number(this.helper);
  }
}
