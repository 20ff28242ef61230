import { nameKey } from '../../../domain/name';
import type { GraphContext } from '../../shared/context';
import type { RegistryLoaders } from '../loaders';
import type { Version } from '../types';
import type { SigningKeyRecord } from './keys-store';
import { Attestation, SigningKey } from './types';

/** What travels with versions, as objects of the graph, through the loaders of the request. */
export class TrustReader {
  constructor(private readonly loaders: (context: GraphContext) => RegistryLoaders) {}

  /** The keys of an owner, oldest first, revoked ones included. */
  async signingKeys(context: GraphContext, handle: string): Promise<SigningKey[]> {
    const { ownerByKey, signingKeysOfOwner } = this.loaders(context);
    const owner = await ownerByKey.load(nameKey(handle));
    return owner === null ? [] : (await signingKeysOfOwner.load(owner.id)).map(signingKeyNode);
  }

  /** Of what was taken down the content is hidden, and with it what is said of it. */
  async attestations(
    context: GraphContext,
    { versionId, state }: Pick<Version, 'versionId' | 'state'>,
  ): Promise<Attestation[]> {
    if (state === 'TAKEN_DOWN') return [];
    const records = await this.loaders(context).attestationsOfVersion.load(versionId);
    return records.map(({ id, predicateType, sha256, at, signers }) =>
      Object.assign(new Attestation(), {
        predicateType,
        sha256,
        verifiedAt: new Date(at),
        attestationId: id,
        signerIds: signers,
      }),
    );
  }

  async envelope(context: GraphContext, { attestationId }: Attestation): Promise<string> {
    return this.loaders(context).envelope.load(attestationId);
  }

  async signers(context: GraphContext, { signerIds }: Attestation): Promise<SigningKey[]> {
    const { signingKey } = this.loaders(context);
    return (await Promise.all(signerIds.map((id) => signingKey.load(id)))).map(signingKeyNode);
  }
}

export function signingKeyNode(record: SigningKeyRecord): SigningKey {
  const { keyId, algorithm, pem, label, at, revokedAt } = record;
  return Object.assign(new SigningKey(), {
    keyId,
    algorithm,
    publicKey: pem,
    label,
    registeredAt: new Date(at),
    revokedAt: revokedAt === null ? null : new Date(revokedAt),
  });
}
