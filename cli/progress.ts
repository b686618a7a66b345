// A line on stderr that says how far a long piece of work has come and how long it may still take; only where a person watches.
import type { Terminal } from './terminal.js';

/** Between two drawings, in milliseconds. */
const REDRAW_MS = 100;
/** Below it, too little has been done to tell what is left. In milliseconds. */
const SETTLE_MS = 500;
const BAR_WIDTH = 24;

export class ProgressBar {
  private label = '';
  private began = 0;
  private drawn = Number.NEGATIVE_INFINITY;

  /** @param clock in milliseconds */
  constructor(
    private readonly terminal: Terminal,
    private readonly clock: () => number,
  ) {}

  /** @param total estimated, so `done` may pass it */
  show(label: string, done: number, total: number): void {
    const now = this.clock();
    if (label !== this.label) {
      this.label = label;
      this.began = now;
    } else if (now - this.drawn < REDRAW_MS) return;
    this.drawn = now;
    this.terminal.transient(progressText(label, done, total, now - this.began));
  }

  end(): void {
    this.terminal.transient('');
  }
}

/** `3 retype, User  [########----------------]  33 %  1,000 of 3,000 rows  4 s left` */
export function progressText(label: string, done: number, total: number, elapsed: number): string {
  const all = Math.max(done, total);
  const share = all === 0 ? 1 : done / all;
  const filled = Math.round(share * BAR_WIDTH);
  const bar = '#'.repeat(filled) + '-'.repeat(BAR_WIDTH - filled);
  const left = elapsed < SETTLE_MS || done === 0 ? '' : `  ${durationText((elapsed * (all - done)) / done)} left`;
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `${label}  [${bar}] ${percent} %  ${count(done)} of ${count(all)} rows${left}`;
}

/** `850 ms`, `12 s`, `3 min 20 s`, `2 h 5 min` */
export function durationText(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  const seconds = Math.round(milliseconds / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `3 rows`, `1 table`; thousands are set apart. */
export function counted(of: number, one: string, many = `${one}s`): string {
  return `${count(of)} ${of === 1 ? one : many}`;
}

/** `512 bytes`, `1.5 MB` */
export function bytesText(bytes: number): string {
  if (bytes < 1_000) return counted(bytes, 'byte');
  const units = ['kB', 'MB', 'GB', 'TB'];
  let size = bytes / 1_000;
  let unit = 0;
  while (size >= 1_000 && unit < units.length - 1) {
    size /= 1_000;
    unit++;
  }
  return `${size.toFixed(1)} ${units[unit]}`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
