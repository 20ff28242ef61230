/** One licence of an expression. Ids compare without regard to case. Source: SPDX 2.3, annex D. */
export interface Licence {
  readonly kind: 'licence';
  /** As it is written: `GPL-2.0-or-later WITH Classpath-exception-2.0`. */
  readonly text: string;
  /** Lower case, without what says which versions of it are meant: `gpl-2.0`. */
  readonly id: string;
  /** Any later version will do: `+`, or `-or-later`. */
  readonly orLater: boolean;
  /** Lower case; null for none. */
  readonly exception: string | null;
}

/** `all` is AND, `any` is OR. */
export type LicenceExpression =
  Licence | { readonly kind: 'all' | 'any'; readonly of: readonly LicenceExpression[] };

export const MAX_EXPRESSION_LENGTH = 1000;
const MAX_NESTING = 20;
const TOKEN = /[()]|[^\s()]+/g;
const ID = /^(?:documentref-[a-z0-9.-]+:)?[a-z0-9][a-z0-9.-]*\+?$/;

/** What is not known, as SPDX writes it. It is an id like any other here, so that policies can name it. */
export const NOASSERTION = 'NOASSERTION';

/**
 * Reads an SPDX licence expression; null for a text that is none. An id is not looked up in any list: what a policy
 * does not name, it does not allow. AND binds closer than OR.
 */
export function parseLicenceExpression(text: string): LicenceExpression | null {
  if (text.length > MAX_EXPRESSION_LENGTH) return null;
  const reader = new Reader(text.match(TOKEN) ?? []);
  const expression = reader.either(0);
  return reader.isAtEnd() ? expression : null;
}

/** Each method gives null where its part is not there; nothing is read after that. */
class Reader {
  private at = 0;

  constructor(private readonly tokens: readonly string[]) {}

  isAtEnd(): boolean {
    return this.at === this.tokens.length;
  }

  either(depth: number): LicenceExpression | null {
    return this.joined('any', 'or', () => this.joined('all', 'and', () => this.one(depth)));
  }

  private joined(
    kind: 'all' | 'any',
    operator: string,
    part: () => LicenceExpression | null,
  ): LicenceExpression | null {
    const parts: LicenceExpression[] = [];
    do {
      const next = part();
      if (next === null) return null;
      parts.push(next);
    } while (this.takes(operator));
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind, of: parts };
  }

  private one(depth: number): LicenceExpression | null {
    if (!this.takes('(')) return this.licence();
    if (depth === MAX_NESTING) return null;
    const inner = this.either(depth + 1);
    return this.takes(')') ? inner : null;
  }

  private licence(): Licence | null {
    const text = this.word();
    if (text === null) return null;
    if (!this.takes('with')) return licenceOf(text, null);
    const exception = this.word();
    return exception === null ? null : licenceOf(text, exception);
  }

  private word(): string | null {
    const token = this.tokens[this.at];
    if (token === undefined || !ID.test(token.toLowerCase()) || isOperator(token)) return null;
    this.at += 1;
    return token;
  }

  private takes(token: string): boolean {
    const next = this.tokens[this.at];
    // operators are upper case, or, as of SPDX 3, lower case; never mixed
    if (next !== token && next !== token.toUpperCase()) return false;
    this.at += 1;
    return true;
  }
}

function isOperator(token: string): boolean {
  return ['and', 'or', 'with'].includes(token.toLowerCase());
}

function licenceOf(text: string, exception: string | null): Licence {
  const [, id = '', suffix = ''] = /^(.*?)(\+|-only|-or-later)?$/.exec(text.toLowerCase()) ?? [];
  return {
    kind: 'licence',
    text: exception === null ? text : `${text} WITH ${exception}`,
    id,
    orLater: suffix === '+' || suffix === '-or-later',
    exception: exception?.toLowerCase() ?? null,
  };
}
