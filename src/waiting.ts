const LATE = Symbol('late');

/**
 * What `work` gives or throws, where it ends within `ms` milliseconds; what `late` gives or throws, where it does not.
 * The work itself goes on then, and nobody hears of its end.
 */
export async function within<T, L>(ms: number, work: Promise<T>, late: () => L): Promise<T | L> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(resolve, ms, LATE);
  });
  try {
    const first = await Promise.race([work, patience]);
    return first === LATE ? late() : first;
  } finally {
    clearTimeout(timer);
  }
}
