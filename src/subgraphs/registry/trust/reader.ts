import { nameKey } from '../../../domain/name';
import { vulnerabilityWarning } from '../../../domain/trust/vulnerability-policy';
import type { GraphContext } from '../../shared/context';
import type { RegistryLoaders } from '../loaders';
import type { Version } from '../types';
import type { SigningKeyRecord } from './keys-store';
import { VulnerabilityScan } from './scan-types';
import { Attestation, Sbom, SigningKey, VersionLicence } from './types';

type ShownVersion = Pick<Version, 'versionId' | 'state'>;

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
  async attestations(context: GraphContext, { versionId, state }: ShownVersion): Promise<Attestation[]> {
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

  /** What its SBOM says of licences; none of what was taken down. */
  async licences(context: GraphContext, { versionId, state }: ShownVersion): Promise<VersionLicence[]> {
    if (state === 'TAKEN_DOWN') return [];
    const records = await this.loaders(context).licencesOfVersion.load(versionId);
    return records.map(({ licence, components, example }) =>
      Object.assign(new VersionLicence(), { licence, components, example }),
    );
  }

  async sbom(context: GraphContext, { versionId, state }: ShownVersion): Promise<Sbom | null> {
    if (state === 'TAKEN_DOWN') return null;
    const record = await this.loaders(context).sbomOfVersion.load(versionId);
    if (record === null) return null;
    const { format, sha256 } = record;
    return Object.assign(new Sbom(), { format, sha256, versionId });
  }

  /** @throws AlgogateError QUERY_TOO_COMPLEX where a request asks for too many */
  async sbomDocument(context: GraphContext, { versionId }: Sbom): Promise<string> {
    return this.loaders(context).sbomDocument.load(versionId);
  }

  /** What the newest scan of a version found; null of what was taken down. */
  async scan(context: GraphContext, { versionId, state }: ShownVersion): Promise<VulnerabilityScan | null> {
    if (state === 'TAKEN_DOWN') return null;
    const record = await this.loaders(context).scanOfVersion.load(versionId);
    if (record === null) return null;
    const { scanner, scannedAt, vulnerabilities } = record;
    return Object.assign(new VulnerabilityScan(), {
      scanner,
      scannedAt: new Date(scannedAt),
      records: vulnerabilities,
      warning: vulnerabilityWarning(record),
    });
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
