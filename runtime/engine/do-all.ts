// Steps of which none may be left out because an earlier one failed: what has to be given back.

/** Does all of the steps in their order, and then throws what the first that failed has thrown. */
export function doAll(...steps: readonly (() => void)[]): void {
  const [failure] = tryAll(...steps);
  if (failure !== undefined) throw failure.cause;
}

/** The same where something else is being thrown; answers what failed. */
export function tryAll(...steps: readonly (() => void)[]): { readonly cause: unknown }[] {
  return steps.flatMap((step) => {
    try {
      step();
      return [];
    } catch (cause) {
      return [{ cause }];
    }
  });
}
