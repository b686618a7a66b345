import { Index, PrimaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity()
export class Misplaced {
  @PrimaryKey() id!: number;
  // @ts-expect-error: TypeScript minds as well
  @Index() method(): void {}
  // @ts-expect-error
  @Index() get getter(): number {
    return 1;
  }
  // @ts-expect-error
  @Index() set setter(value: number) {}
  @Index() static shared: string;
  @Index() #secret = '';
}
