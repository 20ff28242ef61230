import { Field, InputType, ObjectType } from 'type-graphql';

import type { VulnerabilitySeverity as Severity } from '../../../domain/terms';
import { VulnerabilitySeverity } from '../../shared/enums';
import { type Refusable, UserError } from '../../shared/payload';
import { DateTime } from '../../shared/scalars';
import { Version } from '../types';

@ObjectType({ description: 'A vulnerability that a version is known to have.' })
export class Vulnerability {
  @Field(() => String, { description: '`GHSA-…`, `CVE-…`.' }) id!: string;
  @Field(() => VulnerabilitySeverity) severity!: Severity;
  @Field(() => String, { nullable: true, description: 'At most 200 characters of it.' })
  summary!: string | null;
  @Field(() => Boolean, { description: 'Its database took it back: it counts no more.' }) withdrawn!: boolean;
}

@ObjectType({ description: 'What a scanner found in a version.' })
export class VulnerabilityScan {
  @Field(() => String) scanner!: string;
  @Field(() => DateTime) scannedAt!: Date;
  @Field(() => [Vulnerability], { description: 'At most 500.' }) records!: readonly Vulnerability[];
  @Field(() => String, { nullable: true, description: 'In one line; null where nothing was found.' })
  warning!: string | null;
}

@InputType()
export class ReportVulnerabilitiesInput {
  @Field(() => String, { description: '`owner/name/1.2.3`.' }) version!: string;
  @Field(() => String, { description: 'At most 100 characters.' }) scanner!: string;
  @Field(() => DateTime, {
    nullable: true,
    description: 'Now, where it is not said; not before the scan that is there.',
  })
  scannedAt?: Date | null;
  @Field(() => String, {
    description: 'A list of OSV records, as JSON: at most 500, of 524,288 bytes. Empty: nothing was found.',
  })
  records!: string;
}

@ObjectType()
export class ReportVulnerabilitiesPayload implements Refusable {
  @Field(() => Version, { nullable: true }) version!: Version | null;
  @Field(() => [UserError]) userErrors!: readonly UserError[];
}
