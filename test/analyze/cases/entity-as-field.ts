import { PrimaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity()
export class Author {
  @PrimaryKey() id!: number;
}

@QuantaEntity()
export class Book {
  @PrimaryKey() id!: number;
  author!: Author;
  editors!: Author[];
}
