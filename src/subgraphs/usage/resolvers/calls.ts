import { Args, Ctx, Directive, FieldResolver, Resolver, Root } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import { type Connection, SIZED_BY_FIRST } from '../../shared/paging';
import {
  type CallRecord,
  CallRecordArgs,
  CallRecordConnection,
  callRecordOf,
  OwnerCallRecordArgs,
  SHORT_PAGES,
} from '../calls/types';
import type { UsageService } from '../service';
import { Algorithm, Owner, Version, Viewer } from '../types';

type Page = Promise<Connection<CallRecord> | null>;

const ALL_OR_OWN = "All for the owner's members, one's own for others; null when anonymous.";

@Resolver(() => Owner)
export class OwnerCallsResolver {
  constructor(private readonly service: UsageService) {}

  @Directive(SIZED_BY_FIRST)
  @FieldResolver(() => CallRecordConnection, {
    nullable: true,
    description: `Calls of its algorithms. ${ALL_OR_OWN} As a consumer: the calls that it made, for its members alone. ${SHORT_PAGES}`,
  })
  callRecords(
    @Root() { handle }: Owner,
    @Args(() => OwnerCallRecordArgs) args: OwnerCallRecordArgs,
    @Ctx() context: GraphContext,
  ): Page {
    const target = { kind: 'owner' as const, handle, side: args.as ?? 'PROVIDER' };
    return this.service.calls.page(context, target, args, callRecordOf);
  }
}

@Resolver(() => Algorithm)
export class AlgorithmCallsResolver {
  constructor(private readonly service: UsageService) {}

  @Directive(SIZED_BY_FIRST)
  @FieldResolver(() => CallRecordConnection, {
    nullable: true,
    description: `Its calls. ${ALL_OR_OWN} ${SHORT_PAGES}`,
  })
  callRecords(
    @Root() { ref }: Algorithm,
    @Args(() => CallRecordArgs) args: CallRecordArgs,
    @Ctx() context: GraphContext,
  ): Page {
    return this.service.calls.page(context, { kind: 'algorithm', ref }, args, callRecordOf);
  }
}

@Resolver(() => Version)
export class VersionCallsResolver {
  constructor(private readonly service: UsageService) {}

  @Directive(SIZED_BY_FIRST)
  @FieldResolver(() => CallRecordConnection, {
    nullable: true,
    description: `Its calls. ${ALL_OR_OWN} ${SHORT_PAGES}`,
  })
  callRecords(
    @Root() { ref }: Version,
    @Args(() => CallRecordArgs) args: CallRecordArgs,
    @Ctx() context: GraphContext,
  ): Page {
    return this.service.calls.page(context, { kind: 'version', ref }, args, callRecordOf);
  }
}

@Resolver(() => Viewer)
export class ViewerCallsResolver {
  constructor(private readonly service: UsageService) {}

  @Directive(SIZED_BY_FIRST)
  @FieldResolver(() => CallRecordConnection, {
    nullable: true,
    description: `The calls that it made itself; null for a key that may not read. ${SHORT_PAGES}`,
  })
  callRecords(@Args(() => CallRecordArgs) args: CallRecordArgs, @Ctx() context: GraphContext): Page {
    return this.service.calls.page(context, { kind: 'viewer' }, args, callRecordOf);
  }
}
