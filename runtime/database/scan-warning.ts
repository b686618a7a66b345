// In development, the word that queries run as scans because no compiler plugin has seen them: once for a process.

/** What the warning needs of the world around it. */
export interface ScanWarningPort {
  readonly isProduction: boolean;
  readonly emit: (message: string, code: string) => void;
}

/** Makes a function that warns the first time it is called with an entity's name, and outside production only. */
export function scanWarning({ isProduction, emit }: ScanWarningPort): (entity: string) => void {
  let isDue = !isProduction;
  return (entity) => {
    if (!isDue) return;
    isDue = false;
    const cause = `no compiler plugin has seen the query over ${entity}, so it reads every row, as will others like it.`;
    emit(`${cause} docs/compilers.md tells how to set one up; where({ ... }) needs none.`, 'QDB2120');
  };
}

/** The process's own. */
export const warnOfScans = scanWarning({
  isProduction: process.env.NODE_ENV === 'production',
  emit: (message, code) => {
    process.emitWarning(message, { type: 'QuantaWarning', code });
  },
});
