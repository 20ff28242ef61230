import { Field, InputType, Int, ObjectType } from 'type-graphql';

import type { SbomFormat as Format, SigningAlgorithm as Algorithm } from '../../../domain/terms';
import { SbomFormat, SigningAlgorithm } from '../../shared/enums';
import { type Refusable, UserError } from '../../shared/payload';
import { DateTime } from '../../shared/scalars';

@ObjectType({ description: 'A public key that an owner signs attestations with. For all to see.' })
export class SigningKey {
  @Field(() => String, { description: 'SHA-256, in hex, of the key as DER (SubjectPublicKeyInfo).' })
  keyId!: string;
  @Field(() => SigningAlgorithm) algorithm!: Algorithm;
  @Field(() => String, { description: 'PEM.' }) publicKey!: string;
  @Field(() => String, { nullable: true }) label!: string | null;
  @Field(() => DateTime) registeredAt!: Date;
  @Field(() => DateTime, {
    nullable: true,
    description: 'Since then it signs nothing more; what it had signed stays verified. Null: it holds.',
  })
  revokedAt!: Date | null;
}

@ObjectType({
  description: 'An in-toto statement about the build of a version, verified when the version was published.',
})
export class Attestation {
  @Field(() => String, { description: 'What kind of statement it is: `https://slsa.dev/provenance/v1`.' })
  predicateType!: string;
  @Field(() => String, { description: 'Of the envelope, in hex: the ledger has it too.' }) sha256!: string;
  @Field(() => DateTime) verifiedAt!: Date;
  attestationId!: number;
  signerIds!: readonly number[];
}

@ObjectType({ description: 'A licence that components of a version have.' })
export class VersionLicence {
  @Field(() => String, { description: 'An SPDX expression, or what the SBOM has in place of one.' })
  licence!: string;
  @Field(() => Int, { description: 'How many have it.' }) components!: number;
  @Field(() => String, { description: 'The first of them.' }) example!: string;
}

@ObjectType({ description: 'What a version is made of, as it was given with its publication.' })
export class Sbom {
  @Field(() => SbomFormat) format!: Format;
  @Field(() => String, { description: 'Of the document, in hex: the ledger has it too.' }) sha256!: string;
  versionId!: number;
}

@InputType()
export class RegisterSigningKeyInput {
  @Field(() => String, { description: 'The handle of a user or organisation.' }) owner!: string;
  @Field(() => String, { description: 'PEM of an Ed25519 or ECDSA P-256 key: `openssl pkey -pubout`.' })
  publicKey!: string;
  @Field(() => String, { nullable: true, description: 'For all to see. At most 100 characters.' })
  label?: string | null;
}

@ObjectType()
export class RegisterSigningKeyPayload implements Refusable {
  @Field(() => SigningKey, { nullable: true }) signingKey!: SigningKey | null;
  @Field(() => [UserError]) userErrors!: readonly UserError[];
}

@InputType()
export class RevokeSigningKeyInput {
  @Field(() => String, { description: 'The handle of its owner.' }) owner!: string;
  @Field(() => String) keyId!: string;
}

@ObjectType()
export class RevokeSigningKeyPayload implements Refusable {
  @Field(() => SigningKey, { nullable: true }) signingKey!: SigningKey | null;
  @Field(() => [UserError]) userErrors!: readonly UserError[];
}
