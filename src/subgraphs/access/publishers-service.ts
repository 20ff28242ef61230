import { randomBytes } from 'node:crypto';

import { maySeeAlgorithm, rightsOnAlgorithm } from '../../auth';
import { AlgogateError } from '../../domain/errors';
import type { Principal } from '../../domain/principal';
import { algorithmNotFound, parseAlgorithmRef } from '../../domain/ref';
import { assertPublisher, type PublisherFacts, samePublisher } from '../../domain/trusted-publisher';
import type { Change } from '../../ledger';
import type { AlgorithmView } from '../../resolution';
import { actorOf } from '../shared/actor';
import { mutateAs } from '../shared/mutate';
import { assertAdmin } from '../shared/rights';
import { userBehind } from './keys-service';
import type { AccessParts } from './parts';
import type { PublisherRecord } from './records';
import { insertPublisher, publisherByPublicId, publishersOf, removePublisher } from './store/publishers';

export interface PublisherInput extends Omit<PublisherFacts, 'environment' | 'claims'> {
  /** `owner/name` */
  readonly algorithm: string;
  readonly environment?: string | null | undefined;
  readonly claims?: readonly { readonly name: string; readonly value: string }[] | null | undefined;
}

/** It is a list that the graph gives whole. */
const MAX_PUBLISHERS = 20;

/** Whose pipelines may publish an algorithm. Source: chapter 7, "Trusted publishing". */
export class PublishersService {
  constructor(private readonly parts: AccessParts) {}

  /**
   * By the admins of an algorithm. The same twice is one.
   * @throws AlgogateError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_INPUT
   */
  async add(principal: Principal, input: PublisherInput): Promise<PublisherRecord> {
    actorOf(principal);
    const facts = validPublisher(input);
    const ref = parseAlgorithmRef(input.algorithm);
    const algorithm = await this.parts.index.findNow(ref.ownerKey, ref.nameKey);
    if (algorithm === null) throw algorithmNotFound(ref);
    return mutateAs(this.mutationOf(principal, algorithm, algorithmNotFound(ref)), async (tx) => {
      // after the rights: which issuers are trusted is not for everybody
      this.assertIssuer(facts.issuer);
      const known = await publishersOf(tx, [algorithm.id]);
      const same = known.find((each) => samePublisher(each, facts));
      if (same !== undefined) return { result: same, change: null };
      if (known.length >= MAX_PUBLISHERS) {
        throw new AlgogateError(
          'INVALID_INPUT',
          `an algorithm has at most ${MAX_PUBLISHERS} trusted publishers`,
        );
      }
      const publicId = `tp_${randomBytes(12).toString('base64url')}`;
      const createdBy = await userBehind(tx, principal);
      const publisher = await insertPublisher(tx, {
        ...facts,
        publicId,
        algorithmId: algorithm.id,
        createdBy,
      });
      return { result: publisher, change: changeOf('trustedPublisher.added', algorithm, publisher) };
    });
  }

  /**
   * By the admins of the algorithm. The keys that its pipelines have end with it, at every replica within a second.
   * @param id as the graph shows it
   * @throws AlgogateError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND
   */
  async remove(
    principal: Principal,
    input: { readonly algorithm: string; readonly id: string },
  ): Promise<PublisherRecord> {
    actorOf(principal);
    const ref = parseAlgorithmRef(input.algorithm);
    const algorithm = await this.parts.index.findNow(ref.ownerKey, ref.nameKey);
    if (algorithm === null) throw algorithmNotFound(ref);
    return mutateAs(this.mutationOf(principal, algorithm, algorithmNotFound(ref)), async (tx) => {
      const publisher = await publisherByPublicId(tx, input.id);
      if (publisher?.algorithmId !== algorithm.id) {
        throw new AlgogateError('NOT_FOUND', `trusted publisher ${input.id} not found`, ['id']);
      }
      await removePublisher(tx, publisher.id, Date.now());
      return { result: publisher, change: changeOf('trustedPublisher.removed', algorithm, publisher) };
    });
  }

  /** What is hidden from the principal is refused as what is missing. */
  private mutationOf(principal: Principal, algorithm: AlgorithmView, notFound: AlgogateError) {
    const assertAllowed = (current: Principal): void => {
      const rights = rightsOnAlgorithm(current, algorithm);
      if (!maySeeAlgorithm(current, rights, algorithm)) throw notFound;
      assertAdmin(rights);
    };
    return { ledger: this.parts.ledger, principal, owner: algorithm.owner, assertAllowed };
  }

  private assertIssuer(issuer: string): void {
    if (this.parts.isPublishingIssuer?.(issuer) === true) return;
    throw new AlgogateError(
      'INVALID_INPUT',
      `${issuer} is no issuer that this server takes publications from`,
      ['issuer'],
    );
  }
}

function validPublisher(input: PublisherInput): PublisherFacts {
  const { issuer, repository, workflow, environment = null } = input;
  const named = (input.claims ?? []).map(({ name, value }) => [name, value] as const);
  const claims = Object.fromEntries(named);
  if (Object.keys(claims).length < named.length) {
    throw new AlgogateError('INVALID_INPUT', 'a claim is there twice', ['claims']);
  }
  const facts = { issuer, repository, workflow, environment, claims };
  assertPublisher(facts);
  return facts;
}

function changeOf(action: string, { owner, name }: AlgorithmView, publisher: PublisherRecord): Change {
  const { id, publicId, issuer, repository, workflow, environment, claims } = publisher;
  const detail = { publisherId: id, publisher: publicId, issuer, repository, workflow, environment, claims };
  return { chain: 'private', action, subject: `${owner.handle}/${name}`, detail };
}
