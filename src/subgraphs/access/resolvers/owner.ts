import { Args, Ctx, Directive, FieldResolver, Resolver, Root } from 'type-graphql';

import type { Role as RoleName } from '../../../domain/principal';
import type { GraphContext } from '../../shared/context';
import { Role } from '../../shared/enums';
import { type Connection, PageArgs, SIZED_BY_FIRST } from '../../shared/paging';
import { LedgerArgs, LedgerConnection, type LedgerEntry, ledgerEntryOf } from '../ledger/types';
import type { AccessService } from '../service';
import { type Member, MemberConnection, memberOf, Owner } from '../types';

@Resolver(() => Owner)
export class OwnerResolver {
  constructor(private readonly access: AccessService) {}

  @FieldResolver(() => Role, {
    nullable: true,
    description: "The viewer's role there, within the scopes of its key; null: none.",
  })
  viewerRole(@Root() { handle }: Owner, @Ctx() context: GraphContext): Promise<RoleName | null> {
    return this.access.reader.viewerRole(context, handle);
  }

  @Directive(SIZED_BY_FIRST)
  @FieldResolver(() => MemberConnection, {
    nullable: true,
    description: 'In the order of their handles; null unless the viewer is a member.',
  })
  members(
    @Root() { handle }: Owner,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GraphContext,
  ): Promise<Connection<Member> | null> {
    return this.access.reader.members(context, handle, page, memberOf);
  }

  @Directive(SIZED_BY_FIRST)
  @FieldResolver(() => LedgerConnection, {
    nullable: true,
    description:
      'All that was changed, the newest first; null unless the viewer is an admin. A page may be short, or empty, and have a next one.',
  })
  ledger(
    @Root() { handle }: Owner,
    @Args(() => LedgerArgs) page: LedgerArgs,
    @Ctx() context: GraphContext,
  ): Promise<Connection<LedgerEntry> | null> {
    return this.access.reader.ledger(context, handle, page, ledgerEntryOf);
  }
}
