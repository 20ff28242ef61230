import { Field, ObjectType } from 'type-graphql';

import type { Bump as BumpValue, Severity as SeverityValue } from '../../../domain/terms';
import { Bump, Severity } from '../../shared/enums';

@ObjectType({ description: 'One change of an interface, as its callers see it.' })
export class InterfaceChange {
  @Field(() => Severity) severity!: SeverityValue;
  @Field(() => String, { description: 'Such as `FIELD_REMOVED`.' }) code!: string;
  @Field(() => String, { description: 'Such as `Query.detect(threshold:)`.' }) path!: string;
  @Field(() => String) message!: string;
}

@ObjectType({ description: 'How an interface compares with the one before it.' })
export class InterfaceReport {
  @Field(() => Severity, { description: 'The worst of its changes; SAFE for none.' })
  severity!: SeverityValue;
  @Field(() => Bump, { description: 'The smallest bump that the changes allow.' }) requiredBump!: BumpValue;
  @Field(() => [InterfaceChange], {
    description: 'The worst first. Of a report that is kept and very large, the last ones are left out.',
  })
  changes!: readonly InterfaceChange[];
}
