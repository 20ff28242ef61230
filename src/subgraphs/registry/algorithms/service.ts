import { isDuplicate, type Tx } from '../../../database';
import { AlgogateError } from '../../../domain/errors';
import { nameKey, parseName } from '../../../domain/name';
import { rightsOn } from '../../../domain/permissions';
import type { OwnerRef, Principal } from '../../../domain/principal';
import { parseAlgorithmRef } from '../../../domain/ref';
import type { JsonObject } from '../../../ledger';
import { actorOf } from '../../shared/actor';
import { mutateAs } from '../../shared/mutate';
import { lineWithin, textWithin } from '../../shared/text';
import { algorithmMutation, assertRole } from '../access';
import { enterAllIfFree } from '../channels/entering-together';
import { wantsScans } from '../trust/scanned';
import { parseWantedGates, setChannelGates, type WantedGates } from '../gates/policies';
import { changedPolicies, changePolicies, type PoliciesChange } from './policies';
import { policiesOf, setPolicies } from './policies-store';
import type { AlgorithmRecord } from '../records';
import type { RegistryParts } from '../services';
import { stampOf } from '../stamp';
import {
  type AlgorithmDescription,
  algorithmByName,
  algorithmsById,
  insertAlgorithm,
  ownersByKey,
  updateDescription,
} from '../store';

/** What its maintainers say of an algorithm; what is undefined stays as it is. */
export type DescriptionInput = {
  readonly [K in keyof AlgorithmDescription]?: AlgorithmDescription[K] | undefined;
};

/** What is said anew of an algorithm; what is not said stays. */
export interface AlgorithmChange extends DescriptionInput {
  /** `owner/name` */
  readonly algorithm: string;
  /** For admins. */
  readonly policies?: (PoliciesChange & GatesChange) | null | undefined;
}

/** The gates that channels are to have; those of the others stay. */
interface GatesChange {
  readonly gates?: readonly WantedGates[] | null | undefined;
}

const MAX_TAGS = 20;
const TAG = /^[a-z0-9][a-z0-9-]{0,30}$/;
const EMPTY: AlgorithmDescription = {
  summary: null,
  description: null,
  tags: [],
  repositoryUrl: null,
  licence: null,
};

/** Creating algorithms, and describing them. Source: chapter 3; `api.graphql`. */
export class AlgorithmService {
  constructor(private readonly parts: RegistryParts) {}

  /** Gives its id. @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, ALREADY_EXISTS */
  async create(
    principal: Principal,
    input: DescriptionInput & { readonly owner: string; readonly name: string },
  ): Promise<number> {
    actorOf(principal);
    const name = validName(input.name);
    const description = described(EMPTY, input);
    const owner = await this.ownerNamed(input.owner);
    const assertAllowed = (current: Principal): void => {
      const target = { ownerId: owner.id, ownerKey: nameKey(owner.handle), nameKey: nameKey(name) };
      assertRole(rightsOn(current, target), 'MAINTAINER');
    };
    const taken = new AlgogateError('ALREADY_EXISTS', `${owner.handle} has an algorithm ${name} already`, [
      'name',
    ]);
    try {
      return await mutateAs({ ledger: this.parts.ledger, principal, owner, assertAllowed }, async (tx) => {
        if ((await algorithmByName(tx, owner.id, nameKey(name))) !== null) throw taken;
        const id = await insertAlgorithm(tx, {
          ownerId: owner.id,
          name,
          nameKey: nameKey(name),
          ...description,
          createdAt: Date.now(),
        });
        const change = {
          chain: 'private' as const,
          action: 'algorithm.created',
          subject: `${owner.handle}/${name}`,
          detail: { summary: description.summary, tags: description.tags, licence: description.licence },
        };
        return { result: id, change };
      });
    } catch (error) {
      throw isDuplicate(error, 'algorithms') ? taken : error;
    }
  }

  /**
   * What its maintainers say of it, and what its admins ask of its releases. Gives its id.
   * @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT
   */
  async update(principal: Principal, input: AlgorithmChange): Promise<number> {
    const ref = parseAlgorithmRef(input.algorithm);
    const role = input.policies == null ? 'MAINTAINER' : 'ADMIN';
    const wantedGates = parseWantedGates(input.policies?.gates ?? []);
    const mutation = await algorithmMutation(this.parts, principal, ref, role);
    const { id, owner, name } = mutation.algorithm;
    await mutateAs(mutation, async (tx) => {
      const [current] = await algorithmsById(tx, [id]);
      if (current === undefined) throw new Error(`algorithm ${id} is gone`);
      const description = await describeAnew(tx, current, input);
      const wantedScans = await wantsScans(tx, id);
      const policies = await setPoliciesAnew(tx, id, input.policies ?? {});
      const stamp = stampOf(principal);
      const gates = await setChannelGates(tx, id, wantedGates, stamp);
      if (description === null && policies === null && gates === null) return { result: null, change: null };
      const freed = gates?.stableFreed === true || wantedScans;
      const enteredAll = freed && (await enterAllIfFree(tx, id, stamp.at));
      const change = {
        // outsiders see the description of what is listed, and what its channels name; its policies they do not
        chain:
          current.listedAt !== null && (description !== null || enteredAll)
            ? ('public' as const)
            : ('private' as const),
        action: 'algorithm.updated',
        subject: `${owner.handle}/${name}`,
        detail: {
          ...description,
          ...((policies ?? gates) && { policies: { ...policies, ...(gates && { gates: gates.gates }) } }),
          ...(enteredAll && { enteredAll }),
        },
      };
      return { result: null, change };
    });
    return id;
  }

  private async ownerNamed(handle: string): Promise<OwnerRef> {
    const [owner] = await ownersByKey(this.parts.database.reads, [nameKey(handle)]);
    if (owner === undefined) throw new AlgogateError('NOT_FOUND', `owner ${handle} not found`, ['owner']);
    return owner;
  }
}

/** What of the description is another one now, for the ledger; null where nothing is. */
async function describeAnew(
  tx: Tx,
  current: AlgorithmRecord,
  input: DescriptionInput,
): Promise<JsonObject | null> {
  const next = described(current, input);
  const changed = (Object.keys(EMPTY) as (keyof AlgorithmDescription)[]).filter(
    (field) => JSON.stringify(next[field]) !== JSON.stringify(current[field]),
  );
  if (changed.length === 0) return null;
  await updateDescription(tx, current.id, next);
  return { changed, summary: next.summary, tags: next.tags, licence: next.licence };
}

/** What of the policies is another one now, for the ledger; null where nothing is. */
async function setPoliciesAnew(
  tx: Tx,
  algorithmId: number,
  change: PoliciesChange,
): Promise<JsonObject | null> {
  const current = await policiesOf(tx, algorithmId);
  const next = changePolicies(current, change);
  const changed = changedPolicies(current, next);
  if (changed !== null) await setPolicies(tx, algorithmId, next);
  return changed;
}

function validName(text: string): string {
  try {
    return parseName(text, 'name');
  } catch (error) {
    if (!(error instanceof AlgogateError)) throw error;
    throw new AlgogateError(error.code, error.message, ['name']);
  }
}

function described(current: AlgorithmDescription, input: DescriptionInput): AlgorithmDescription {
  const pick = <K extends keyof AlgorithmDescription>(field: K): AlgorithmDescription[K] =>
    input[field] === undefined ? current[field] : input[field];
  return {
    summary: lineWithin(pick('summary'), 'summary', 300),
    description: textWithin(pick('description'), 'description'),
    tags: validTags(pick('tags')),
    repositoryUrl: validUrl(pick('repositoryUrl')),
    licence: lineWithin(pick('licence'), 'licence', 200),
  };
}

function validTags(tags: readonly string[]): readonly string[] {
  const unique = [...new Set(tags)];
  const wrong = unique.find((tag) => !TAG.test(tag));
  if (unique.length > MAX_TAGS || wrong !== undefined) {
    throw new AlgogateError(
      'INVALID_INPUT',
      `tags are at most ${MAX_TAGS}, each of lower-case letters, digits and hyphens`,
      ['tags'],
    );
  }
  return unique;
}

function validUrl(url: string | null): string | null {
  const text = lineWithin(url, 'repositoryUrl', 500);
  if (text === null) return null;
  if (!URL.canParse(text) || !['http:', 'https:'].includes(new URL(text).protocol)) {
    throw new AlgogateError('INVALID_INPUT', 'repositoryUrl is no http or https address', ['repositoryUrl']);
  }
  return text;
}
