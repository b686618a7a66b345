import { Index, QuantaEntity } from 'quantadb';

@QuantaEntity()
export class Note {
  @Index() title!: string;
}
