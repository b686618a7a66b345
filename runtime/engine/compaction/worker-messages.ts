// What the engine's thread and the compaction worker tell each other.
import type { MessagePort } from 'node:worker_threads';
import { DiskFullError, StorageError } from '../../errors.js';
import { isDiskFull } from '../../vfs/failure.js';
import type { TableMeta } from '../version/edit.js';
import type { MergeTask } from './merge.js';

/** Words of the memory that both share. */
export const SIGNAL_WORDS = 2;
/** Counts answers: a thread that blocks waits for it to change. */
export const ANSWERS = 0;
/** 1 when the merge under way shall end. */
export const CANCELLED = 1;

/** What the worker is started with. */
export interface WorkerStart {
  /** Tasks come in, answers go out. */
  readonly port: MessagePort;
  readonly signal: Int32Array;
}

export type TaskMessage = MergeTask;

export type AnswerMessage =
  | { readonly tables: readonly TableMeta[] }
  | { readonly failure: { readonly message: string; readonly code: string | null; readonly diskFull: boolean } };

/** Classes don't survive the way between threads, so an error travels as its parts. */
export function failureMessage(error: unknown): AnswerMessage {
  const code = error instanceof Error && 'code' in error ? String(error.code) : null;
  return {
    failure: { message: error instanceof Error ? error.message : String(error), code, diskFull: isDiskFull(error) },
  };
}

export function errorOf({ message, code, diskFull }: Extract<AnswerMessage, { failure: object }>['failure']): Error {
  if (diskFull) return new DiskFullError('QDB4060', withoutCode(message));
  if (code?.startsWith('QDB') === true) return new StorageError(code, withoutCode(message));
  return Object.assign(new Error(message), code === null ? {} : { code });
}

function withoutCode(message: string): string {
  return message.replace(/^QDB\d+: /, '');
}
