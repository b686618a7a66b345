// Asks the person at the terminal.
import { createInterface } from 'node:readline/promises';

/** Gives the answer, trimmed; null when the person ends the input (Ctrl-D, Ctrl-C) instead of answering. */
export type Ask = (question: string) => Promise<string | null>;

export function askOn(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Ask {
  return async (question) => {
    const prompt = createInterface({ input, output });
    const ended = new Promise<null>((resolve) => {
      prompt.once('close', () => resolve(null));
    });
    try {
      // A question that nobody can answer any more never settles by itself.
      const answer = await Promise.race([prompt.question(question), ended]);
      if (answer === null) output.write('\n');
      return answer?.trim() ?? null;
    } finally {
      prompt.close();
    }
  };
}
