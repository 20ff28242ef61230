/** The place of a change: in a type, or a directive. */
export interface Site {
  readonly type?: string;
  readonly directive?: string;
  readonly field?: string;
  readonly arg?: string;
  /** A member of a union, a value of an enum. */
  readonly member?: string;
  /** The interface that a type implements, or did. */
  readonly implemented?: string;
}

/** `Box`, `Box.width`, `Query.detect(threshold:)`, `Color.RED`, `@cost`, `@cost(of:)`. */
export function pathOf({ type, directive, field, member, arg }: Site): string {
  const name = directive === undefined ? [type, field ?? member].filter(Boolean).join('.') : `@${directive}`;
  return arg === undefined ? name : `${name}(${arg}:)`;
}
