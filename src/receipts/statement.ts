import { z } from 'zod';

import { parsePosition } from '../domain/position';
import { SELECTOR_KINDS } from '../domain/terms';
import { canonicalJson } from '../ledger';

/** The `typ` of a receipt's header: what is signed for another purpose never passes for one (RFC 8725, 3.11). */
export const RECEIPT_TYPE = 'algogate-receipt+jws';

const HASH = z.string().regex(/^[0-9a-f]{64}$/, 'is not 64 hex digits');

/** One revision of an artifact beside the code, such as the weights of a model. */
const ARTIFACT = z.object({ name: z.string(), revision: z.string(), sha256: HASH });

/** The hashes of the entries that the position names; null: there was none yet. */
const HEADS = z.object({ public: HASH.nullable(), private: z.exactOptional(HASH.nullable()) });

const COMMON = {
  /** The marketplace: its public URL, where it is configured, else `algogate`. */
  iss: z.string(),
  /** As it was written. */
  reference: z.string(),
  /** `Owner/Name/1.2.3`, or with the SHA. */
  canonical: z.string(),
  selector: z.enum(SELECTOR_KINDS),
  /** Null for a build that was not published. */
  version: z.string().nullable(),
  sha: z.string().regex(/^[0-9a-f]{40}$/, 'is not 40 hex digits'),
  /** SHA-256 of what was built; null where that was never said. Left out of what was taken down since. */
  artifact: z.exactOptional(HASH.nullable()),
  /** What held beside the code, by name. Left out of what was taken down since. */
  artifacts: z.exactOptional(z.array(ARTIFACT)),
  /** `Owner@n`; `Owner@n+m` where private state had a part. */
  position: z.string(),
  /** `private` is there where the position names the private chain. */
  heads: HEADS,
  /** When it was signed, by the clock of the replica: `2026-11-29T12:00:00.000Z`. */
  time: z.iso.datetime(),
};

/** The format of a receipt's payload; what it does not name is ignored. docs/receipts.md has it for readers. */
const STATEMENT = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('resolution'), ...COMMON }),
    z.object({ kind: z.literal('call'), ...COMMON, requestId: z.string() }),
  ])
  .superRefine(({ position, heads }, context) => {
    const refuse = (message: string): void => {
      context.addIssue({ code: 'custom', path: ['position'], message });
    };
    try {
      const hasPrivate = parsePosition(position).private !== null;
      if (hasPrivate !== (heads.private !== undefined)) refuse('names other chains than heads');
    } catch {
      refuse('is not a position such as owner@12');
    }
  });

/** What a receipt says. Source: chapter 7, "Receipts". */
export type Statement = Readonly<z.infer<typeof STATEMENT>>;

/** The bytes that are signed: canonical JSON (RFC 8785). */
export function statementText(statement: Statement): string {
  return canonicalJson(statement);
}

/**
 * Reads what `statementText` wrote, by whatever version of us.
 * @returns the statement, or what is wrong with it in one line
 */
export function readStatement(text: string): { readonly statement: Statement } | { readonly wrong: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { wrong: 'it is no JSON' };
  }
  const parsed = STATEMENT.safeParse(json);
  if (parsed.success) return { statement: parsed.data };
  const [issue] = parsed.error.issues;
  return { wrong: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is wrong'}` };
}
