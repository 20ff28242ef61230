import { Field, InputType, Int } from 'type-graphql';

import type {
  MaxSeverity as MaxSeverityValue,
  InterfacePolicy as InterfacePolicyValue,
  ProtectStable as ProtectStableValue,
} from '../../../domain/terms';
import { InterfacePolicy, MaxSeverity, ProtectStable } from '../../shared/enums';
import { ChannelGatesInput } from '../gates/types';

@InputType({
  description:
    'SPDX licences, each by itself or with an exception; `NOASSERTION` is what is not known, `NONE` what has none. A list that is not said stays.',
})
export class LicencePolicyInput {
  @Field(() => [String], {
    nullable: true,
    description: 'With entries, nothing else is allowed. At most 200.',
  })
  allow?: string[] | null;
  @Field(() => [String], { nullable: true, description: 'Never allowed. At most 200.' })
  deny?: string[] | null;
}

@InputType({ description: 'What is not said stays.' })
export class VulnerabilityPolicyInput {
  @Field(() => MaxSeverity, { nullable: true }) maxSeverity?: MaxSeverityValue | null;
  @Field(() => Int, { nullable: true, description: 'How old its newest scan may be: 1 to 3650 days.' })
  maxAgeDays?: number | null;
}

@InputType({ description: 'What an algorithm asks of its releases; what is not said stays. For admins.' })
export class AlgorithmPoliciesInput {
  @Field(() => InterfacePolicy, { nullable: true }) interface?: InterfacePolicyValue | null;
  @Field(() => Boolean, {
    nullable: true,
    description:
      'Compare with all releases below a version in its major, rather than with the highest of them.',
  })
  interfaceTransitive?: boolean | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Check the JSON input of calls against the interface.',
  })
  checkInput?: boolean | null;
  @Field(() => ProtectStable, { nullable: true }) protectStable?: ProtectStableValue | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Days from a deprecation to the first removal date that it may name: 0 to 3650.',
  })
  deprecationDays?: number | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Or as many minors published after the deprecation: 0 to 100.',
  })
  deprecationMinors?: number | null;
  @Field(() => Boolean, {
    nullable: true,
    description:
      'A version is not published or promoted without an attestation that a key of its owner signed.',
  })
  requireSignature?: boolean | null;
  @Field(() => LicencePolicyInput, {
    nullable: true,
    description: 'Held against the SBOM of a version, which it then has to have.',
  })
  licences?: LicencePolicyInput | null;
  @Field(() => VulnerabilityPolicyInput, {
    nullable: true,
    description: 'What bars a version from entering `stable`. What has entered stays.',
  })
  vulnerabilities?: VulnerabilityPolicyInput | null;
  @Field(() => [ChannelGatesInput], {
    nullable: true,
    description: 'The gates of some channels; those of the others stay.',
  })
  gates?: ChannelGatesInput[] | null;
}
