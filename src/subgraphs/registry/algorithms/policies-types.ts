import { Field, Int, ObjectType } from 'type-graphql';

import type {
  MaxSeverity as MaxSeverityValue,
  InterfacePolicy as InterfacePolicyValue,
  ProtectStable as ProtectStableValue,
} from '../../../domain/terms';
import { InterfacePolicy, MaxSeverity, ProtectStable } from '../../shared/enums';

@ObjectType({ description: 'Which licences a version may bring along; both lists empty: any.' })
export class LicencePolicy {
  @Field(() => [String], { description: 'With entries, nothing else is allowed.' }) allow!: readonly string[];
  @Field(() => [String], { description: 'Never allowed, whatever `allow` says.' }) deny!: readonly string[];
}

@ObjectType({ description: 'What a version may be known to have when it enters `stable`.' })
export class VulnerabilityPolicy {
  @Field(() => MaxSeverity) maxSeverity!: MaxSeverityValue;
  @Field(() => Int, { description: 'How old, in days, its newest scan may be.' }) maxAgeDays!: number;
}

@ObjectType({ description: 'What an algorithm asks of its releases.' })
export class AlgorithmPolicies {
  @Field(() => InterfacePolicy) interface!: InterfacePolicyValue;
  @Field(() => Boolean, { description: 'Versions are compared with all releases below them in their major.' })
  interfaceTransitive!: boolean;
  @Field(() => Boolean, { description: 'JSON input of calls is checked against the interface.' })
  checkInput!: boolean;
  @Field(() => ProtectStable) protectStable!: ProtectStableValue;
  @Field(() => Int, { description: 'Days from a deprecation to the first removal date that it may name.' })
  deprecationDays!: number;
  @Field(() => Int, { description: 'Or as many minors published after the deprecation.' })
  deprecationMinors!: number;
  @Field(() => Boolean, {
    description: 'A version carries an attestation about its build, signed with a key of its owner.',
  })
  requireSignature!: boolean;
  @Field(() => LicencePolicy) licences!: LicencePolicy;
  @Field(() => VulnerabilityPolicy) vulnerabilities!: VulnerabilityPolicy;
}
