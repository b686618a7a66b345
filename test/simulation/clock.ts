// Time that passes only when the scheduler says so.

interface Alarm {
  readonly at: number;
  readonly action: () => void;
}

/** The clock of the engine and, in milliseconds since the epoch, of the database. */
export class VirtualClock {
  private time = 0;
  private readonly alarms = new Set<Alarm>();

  readonly now = (): number => this.time;

  readonly after = (milliseconds: number, action: () => void): (() => void) => {
    const alarm = { at: this.time + milliseconds, action };
    this.alarms.add(alarm);
    return () => void this.alarms.delete(alarm);
  };

  /** Lets so many milliseconds pass; whatever is due rings in its order. */
  advance(milliseconds: number): void {
    const until = this.time + milliseconds;
    for (let next = this.next(); next !== undefined && next.at <= until; next = this.next()) {
      this.alarms.delete(next);
      this.time = next.at;
      next.action();
    }
    this.time = until;
  }

  /** Lets time pass until the next alarm has rung; false when there is none. */
  skip(): boolean {
    const next = this.next();
    if (next !== undefined) this.advance(next.at - this.time);
    return next !== undefined;
  }

  /** Forgets all alarms: those who set them are gone. */
  clear(): void {
    this.alarms.clear();
  }

  private next(): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.alarms) if (first === undefined || alarm.at < first.at) first = alarm;
    return first;
  }
}
