import { Index } from 'quantadb';

class Versioned {
  version = 1;
}

export abstract class Audited extends Versioned {
  @Index() changedAt = new Date();
  changedBy?: string;
}
