import * as quanta from 'quantadb';
import { PrimaryKey as Key, QuantaEntity as Entity } from 'quantadb';
import { Index as Indexed } from '../support/re-export.js';

@Entity()
class Internal {
  @Key() id!: number;
  @Indexed() name!: string;
}
export { Internal as Renamed };

@quanta.QuantaEntity()
export default class Main {
  @quanta.PrimaryKey() id!: number;
  size!: quanta.Int32;
}
