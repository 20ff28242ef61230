import { createHash } from 'node:crypto';

import type { Tx } from '../../../database';
import { AlgogateError } from '../../../domain/errors';
import type { Principal } from '../../../domain/principal';
import { parseAlgorithmRef } from '../../../domain/ref';
import { parseReference } from '../../../domain/reference';
import {
  assertRemovalDate,
  covers,
  deprecationOf,
  type DeprecationSelector,
  firstDeprecationOf,
  parseDeprecationSelector,
} from '../../../domain/release';
import { lineKey, parseVersion } from '../../../domain/version';
import type { JsonObject } from '../../../ledger';
import { deprecationIn, type VersionDeprecation } from '../../../resolution';
import { mutateAs } from '../../shared/mutate';
import { lineWithin, textWithin } from '../../shared/text';
import { algorithmMutation } from '../access';
import {
  deprecableVersions,
  type DeprecableVersion,
  type DeprecationRecord,
  deprecationsOf,
  insertDeprecation,
} from './store';
import { policiesOf } from '../algorithms/policies-store';
import type { RegistryParts } from '../services';
import { stampOf } from '../stamp';

export interface DeprecateInput {
  /** `owner/name` */
  readonly algorithm: string;
  /** A version, a partial, or a range. */
  readonly range: string;
  /** Empty: what was said before of these versions is taken back. */
  readonly message: string;
  /** A reference; null: there is none. */
  readonly replacement?: string | null | undefined;
  readonly migrationGuide?: string | null | undefined;
  readonly removalDate?: Date | null | undefined;
}

const MAX_STATEMENTS = 500;

/** What is said of the versions that a selector covers. */
interface Statement {
  readonly selector: DeprecationSelector;
  readonly message: string;
  readonly replacement: string | null;
  readonly migrationGuide: string | null;
  /** Milliseconds since the epoch. */
  readonly removalAt: number | null;
}

/** Saying that versions are not to be used any more. Source: chapter 3, "Deprecating and withdrawing". */
export class DeprecationService {
  constructor(private readonly parts: RegistryParts) {}

  /**
   * Deprecates versions, or takes that back; gives the id of the algorithm. They go on resolving.
   * @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, TOO_LARGE, INVALID_INPUT: also where there is no such
   * version, and for a removal sooner than the policy allows
   */
  async deprecate(principal: Principal, input: DeprecateInput): Promise<number> {
    const statement = statementOf(input);
    const ref = parseAlgorithmRef(input.algorithm);
    const mutation = await algorithmMutation(this.parts, principal, ref, 'MAINTAINER');
    const { id, owner, name } = mutation.algorithm;
    return mutateAs(mutation, async (tx) => {
      const versions = await deprecableVersions(tx, id);
      const covered = versions.filter((version) => covers(statement.selector, version));
      if (covered.length === 0) {
        throw invalid(`${owner.handle}/${name} has no version in ${statement.selector.text}`, 'range');
      }
      const before = await deprecationsOf(tx, id);
      if (changesNothing(statement, before)) return { result: id, change: null };
      assertRoom(statement, before.length);
      await assertRemoval(tx, id, statement, { covered, versions, before });
      const { selector, ...said } = statement;
      await insertDeprecation(tx, {
        algorithmId: id,
        selector: selector.text,
        ...said,
        ...stampOf(principal),
      });
      const change = {
        // what covers nothing that outsiders see must tell them nothing either
        chain: covered.some(({ isPublic }) => isPublic) ? ('public' as const) : ('private' as const),
        action: 'algorithm.deprecated',
        subject: `${owner.handle}/${name}`,
        detail: detailOf(statement),
      };
      return { result: id, change };
    });
  }

  /** What is in force for a version that the caller was shown; null for nothing. */
  async ofVersion(algorithmRef: string, text: string): Promise<VersionDeprecation | null> {
    const { ownerKey, nameKey } = parseAlgorithmRef(algorithmRef);
    const algorithm = await this.parts.index.find(ownerKey, nameKey);
    const key = parseVersion(text)?.key;
    const version = key === undefined ? null : (algorithm?.catalog.find(key) ?? null);
    return algorithm === null || version === null ? null : deprecationIn(algorithm.release, version);
  }
}

/** @throws AlgogateError INVALID_INPUT, TOO_LARGE */
function statementOf({
  range,
  message,
  replacement,
  migrationGuide,
  removalDate,
}: DeprecateInput): Statement {
  const selector = parseDeprecationSelector(lineWithin(range, 'range', 512) ?? '');
  const statement = {
    selector,
    message: lineWithin(message.trim(), 'message', 2000) ?? '',
    replacement: replacementOf(replacement),
    migrationGuide: textWithin(migrationGuide, 'migrationGuide'),
    removalAt: removalDate?.getTime() ?? null,
  };
  if (statement.message === '') {
    for (const field of ['replacement', 'migrationGuide', 'removalAt'] as const) {
      if (statement[field] === null) continue;
      const named = field === 'removalAt' ? 'removalDate' : field;
      throw invalid(`an empty message takes a deprecation back, and has no ${named}`, named);
    }
  }
  return statement;
}

/** All of them are in memory. What was said can be taken back even where nothing more can be said. */
function assertRoom({ message }: Statement, said: number): void {
  const most = message === '' ? 2 * MAX_STATEMENTS : MAX_STATEMENTS;
  if (said >= most) throw invalid(`an algorithm has at most ${most} statements of deprecation`, 'range');
}

/** A replacement is a reference, so that programs can follow it; null and `none` say that there is none. */
function replacementOf(text: string | null | undefined): string | null {
  const written = text?.trim() ?? '';
  if (written === '' || written.toLowerCase() === 'none') return null;
  try {
    parseReference(written);
    return written;
  } catch (error) {
    if (!(error instanceof AlgogateError)) throw error;
    throw invalid(
      `a replacement is a reference such as owner/name/2, or none: ${error.message}`,
      'replacement',
    );
  }
}

/** The newest word on all versions is said again, or there is nothing to take back. */
function changesNothing(statement: Statement, before: readonly DeprecationRecord[]): boolean {
  if (statement.message === '' && before.every(({ message }) => message === '')) return true;
  const [newest] = before;
  return (
    newest?.selector.text === statement.selector.text &&
    newest.message === statement.message &&
    newest.replacement === statement.replacement &&
    newest.migrationGuide === statement.migrationGuide &&
    newest.removalAt === statement.removalAt
  );
}

interface Standing {
  readonly covered: readonly DeprecableVersion[];
  /** Of the whole algorithm. */
  readonly versions: readonly DeprecableVersion[];
  readonly before: readonly DeprecationRecord[];
}

/**
 * A removal is announced no sooner than the policy allows, for each version that it is about: the time runs from when
 * that was first deprecated. A date that stands already may be said again.
 * @throws AlgogateError INVALID_INPUT
 */
async function assertRemoval(
  tx: Tx,
  algorithmId: number,
  { removalAt }: Statement,
  { covered, versions, before }: Standing,
): Promise<void> {
  if (removalAt === null) return;
  if (covered.every((version) => deprecationOf(version, before)?.removalAt === removalAt)) return;
  const now = Date.now();
  const since = covered.reduce(
    (latest, version) => Math.max(latest, firstDeprecationOf(version, before)?.at ?? now),
    0,
  );
  const { deprecationDays: days, deprecationMinors: minors } = await policiesOf(tx, algorithmId);
  assertRemovalDate(removalAt, { since, now, days, minors, minorsSince: minorsSince(versions, since) });
}

/** How many minor lines got their first public release after `since`. */
function minorsSince(versions: readonly DeprecableVersion[], since: number): number {
  const began = new Map<string, number>();
  for (const { version, prerelease, isPublic, publishedAt } of versions) {
    const parsed = prerelease || !isPublic ? null : parseVersion(version);
    if (parsed === null) continue;
    const line = lineKey(parsed.major, parsed.minor);
    began.set(line, Math.min(began.get(line) ?? Infinity, publishedAt));
  }
  return [...began.values()].filter((at) => at > since).length;
}

/** The guide itself is in its row, which is immutable: the ledger binds it by its digest. */
function detailOf({ selector, message, replacement, removalAt, migrationGuide }: Statement): JsonObject {
  const guide =
    migrationGuide === null
      ? {}
      : { migrationGuideSha256: createHash('sha256').update(migrationGuide).digest('hex') };
  return { selector: selector.text, message, replacement, removalAt, ...guide };
}

function invalid(message: string, field: string): AlgogateError {
  return new AlgogateError('INVALID_INPUT', message, [field]);
}
