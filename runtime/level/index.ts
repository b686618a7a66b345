// `quantadb/level`: the engine as an abstract-level database, for the packages of that ecosystem.
export { QuantaLevel } from './level.js';
export type {
  QuantaBatchOptions,
  QuantaDelOptions,
  QuantaLevelOptions,
  QuantaOpenOptions,
  QuantaPutOptions,
} from './options.js';
