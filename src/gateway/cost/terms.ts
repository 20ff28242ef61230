/** The variables of a request, as the caller sent them. */
export type Variables = Readonly<Record<string, unknown>>;

/**
 * A part of an estimate: a number where no variable has a part in it, else how it is computed from them and from the
 * size that the field around it gives its lists.
 */
export type Term = number | ((variables: Variables, size: number) => number);

export function valueOf(term: Term, variables: Variables, size = 0): number {
  return typeof term === 'number' ? term : term(variables, size);
}

export function sum(terms: readonly Term[]): Term {
  let fixed = 0;
  const open: Exclude<Term, number>[] = [];
  for (const term of terms) {
    if (typeof term === 'number') fixed += term;
    else open.push(term);
  }
  if (open.length === 0) return fixed;
  return (variables, size) => {
    let total = fixed;
    for (const term of open) total += term(variables, size);
    return total;
  };
}

/** Zero times without end is zero. */
export function times(left: Term, right: Term): Term {
  const product = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);
  if (typeof left === 'number' && typeof right === 'number') return product(left, right);
  if (left === 1) return right;
  return (variables, size) => product(valueOf(left, variables, size), valueOf(right, variables, size));
}

/** `term`, computed once for the variables and the size of a request, however often it is asked for. */
export function remembered(term: Term): Term {
  if (typeof term === 'number') return term;
  let known: { readonly variables: Variables; readonly size: number; readonly value: number } | null = null;
  return (variables, size) => {
    if (known?.variables !== variables || known.size !== size)
      known = { variables, size, value: term(variables, size) };
    return known.value;
  };
}
