import { Ignore, PrimaryKey, QuantaEntity } from 'quantadb';

/** Somebody else's decorators are passed over. */
function Log(_target: undefined, _context: ClassFieldDecoratorContext): void {}

@QuantaEntity()
export class Quiet {
  static count = 0;
  static #secret = 1;
  static {
    Quiet.count = Quiet.#secret;
  }
  @PrimaryKey() id!: number;
  @Log name!: string;
  #hidden = () => 1;
  @Ignore() callback?: () => void;
  @Ignore() private cache = new Map<string, number>();
  constructor(name = '') {
    this.name = name;
  }
  get upper(): string {
    return this.name.toUpperCase() + this.#hidden() + this.cache.size;
  }
  set upper(value: string) {
    this.name = value;
  }
  greet(): string {
    return this.upper;
  }
  async *walk(): AsyncGenerator<number> {
    yield 1;
  }
}
