import { PrimaryKey, QuantaEntity } from 'quantadb';

type Handler = (event: string) => void;

@QuantaEntity()
export class Listener {
  @PrimaryKey() id!: number;
  onEvent!: (event: string) => void;
  handlers!: Handler[];
  either!: string | (() => void);
  anything!: Function;
  inferred = () => 1;
  method(): void {}
}
