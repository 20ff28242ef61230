import { hash } from 'node:crypto';

import { mintKey } from '../../auth';
import type { Tx } from '../../database';
import { AlgogateError } from '../../domain/errors';
import { nameKey } from '../../domain/name';
import { parseAlgorithmRef } from '../../domain/ref';
import { formatScope } from '../../domain/scopes';
import { isPipelineOf, type PipelineFacts } from '../../domain/trusted-publisher';
import type { Change } from '../../ledger';
import { type Issuers, textAt, type VerifiedToken } from '../../oidc';
import type { AlgorithmView } from '../../resolution';
import { publisherActor } from '../shared/actor';
import type { AccessParts } from './parts';
import type { PublisherRecord } from './records';
import { insertKey, type NewKey } from './store/keys';
import { publishersOf } from './store/publishers';
import { forgetUsedTokens, useToken } from './store/used-tokens';

/** What a pipeline gets for its token. */
export interface PublishingKey {
  /** An API key. */
  readonly secret: string;
  /** `owner/name`, the one that it is good for. */
  readonly algorithm: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

const KEY_LIFE_MS = 900_000;
/** Beyond its end by our clock, the leeway in it: the clocks of replicas differ. */
const REMEMBERED_FOR_MS = 3_600_000;
const MAX_LABEL = 100;
const FORGOTTEN_AT_ONCE = 500;

/**
 * Exchanges the identity token of a pipeline for a key of minutes, which registers builds and publishes versions of one
 * algorithm and does nothing else: a publication takes several requests, and a token is good once.
 * Source: chapter 7, "Trusted publishing".
 */
export class TokenExchangeService {
  constructor(
    private readonly parts: Pick<AccessParts, 'database' | 'ledger' | 'index'>,
    private readonly issuers: Issuers | null,
  ) {}

  /**
   * @param token of a pipeline
   * @param algorithm `owner/name`
   * @throws AlgogateError UNAUTHENTICATED for a token that is not good, or was used; INVALID_INPUT; FORBIDDEN where the
   * algorithm takes nothing from this pipeline, or is not there; UNAVAILABLE
   */
  async exchange(token: string, algorithm: string): Promise<PublishingKey> {
    if (this.issuers === null) throw unauthenticated();
    const verified = await this.issuers.verify(token, 'publishing');
    const ref = parseAlgorithmRef(algorithm);
    const found = await this.parts.index.findNow(ref.ownerKey, ref.nameKey);
    const pipeline = pipelineOf(verified);
    const publisher = await publisherFor(this.parts.database.reads, found, pipeline);
    if (found === null || publisher === null) throw forbidden();
    return this.mint(found, pipeline, { digest: digestOf(token, verified), verified });
  }

  /** Forgets tokens that no replica takes any more. */
  async purge(): Promise<void> {
    for (;;) {
      const gone = await this.parts.database.write((tx) =>
        forgetUsedTokens(tx, [Date.now()], FORGOTTEN_AT_ONCE),
      );
      if (gone < FORGOTTEN_AT_ONCE) return;
    }
  }

  private async mint(
    algorithm: AlgorithmView,
    pipeline: PipelineFacts,
    { digest, verified }: UsedToken,
  ): Promise<PublishingKey> {
    const { owner, name } = algorithm;
    const { secret, prefix, hash: secretHash } = mintKey();
    const actor = publisherActor(
      `${pipeline.issuer} ${pipeline.repository ?? ''} ${pipeline.workflow ?? ''}`,
    );
    return this.parts.ledger.mutate(owner, actor, async (tx) => {
      // under the lock that it is removed under
      const publisher = await publisherFor(tx, algorithm, pipeline);
      if (publisher === null) throw forbidden();
      if (!(await useToken(tx, digest, verified.expiresAt + REMEMBERED_FOR_MS))) throw unauthenticated();
      const expiresAt = Date.now() + KEY_LIFE_MS;
      const key = keyOf(algorithm, publisher, { prefix, hash: secretHash, expiresAt });
      await insertKey(tx, key);
      return {
        result: { secret, algorithm: `${owner.handle}/${name}`, expiresAt },
        change: keyCreated(algorithm, publisher, key, verified.subject),
      };
    });
  }
}

interface UsedToken {
  readonly digest: string;
  readonly verified: VerifiedToken<'publishing'>;
}

function pipelineOf({ issuer, claims, settings }: VerifiedToken<'publishing'>): PipelineFacts {
  const { repository, workflow, environment } = settings.claims;
  return {
    issuer,
    repository: textAt(claims, repository),
    workflow: textAt(claims, workflow),
    environment: textAt(claims, environment),
    claim: (name) => textAt(claims, [name]),
  };
}

/** Asked of an algorithm that is not there as well, so that both take the same time. */
async function publisherFor(
  tx: Tx,
  algorithm: AlgorithmView | null,
  pipeline: PipelineFacts,
): Promise<PublisherRecord | null> {
  const publishers = await publishersOf(tx, [algorithm?.id ?? 0]);
  return publishers.find((publisher) => isPipelineOf(publisher, pipeline)) ?? null;
}

/**
 * By what a token is known again: the name that its issuer gave it, or what was signed. Not all of it: a signature can
 * be written in more than one way (by ES256 as -s, and in bits of base64 that say nothing), and would be good again.
 */
function digestOf(token: string, { issuer, claims: { jti } }: VerifiedToken<'publishing'>): string {
  const name =
    typeof jti === 'string' && jti !== '' ? ['jti', jti] : ['token', token.slice(0, token.lastIndexOf('.'))];
  return hash('sha256', JSON.stringify([issuer, ...name]), 'hex');
}

function keyOf(
  { owner, name }: AlgorithmView,
  publisher: PublisherRecord,
  made: Pick<NewKey, 'prefix' | 'hash' | 'expiresAt'>,
): NewKey {
  const scope = { action: 'release', owner: nameKey(owner.handle), algorithm: nameKey(name) } as const;
  return {
    ...made,
    ownerId: owner.id,
    label: publisher.repository.slice(0, MAX_LABEL),
    scopes: [formatScope(scope)],
    // who let the pipeline in is not the second person that its releases wait for
    createdBy: publisher.createdBy,
    publisherId: publisher.id,
  };
}

function keyCreated(
  { owner }: AlgorithmView,
  publisher: PublisherRecord,
  key: NewKey,
  subject: string,
): Change {
  const { prefix, label, scopes, expiresAt } = key;
  const { id, publicId, issuer, repository, workflow, environment } = publisher;
  return {
    chain: 'private',
    action: 'apiKey.created',
    subject: owner.handle,
    detail: {
      ...{ prefix, label, scopes, expiresAt },
      publisherId: id,
      publisher: publicId,
      ...{ issuer, repository, workflow, environment, tokenSubject: subject },
    },
  };
}

/** The same whether there is no such algorithm, or it trusts no such pipeline. */
function forbidden(): AlgogateError {
  return new AlgogateError('FORBIDDEN', 'no algorithm of this name takes versions from this workflow', [
    'algorithm',
  ]);
}

function unauthenticated(): AlgogateError {
  return new AlgogateError('UNAUTHENTICATED', 'the credential is not valid');
}
