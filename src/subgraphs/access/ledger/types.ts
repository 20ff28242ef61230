import { ArgsType, Field, ObjectType } from 'type-graphql';

import { connectionOf, PageArgs } from '../../shared/paging';
import { DateTime, Json } from '../../shared/scalars';
import type { PlacedEntry } from './reader';

@ArgsType()
export class LedgerArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Of this action alone: `version.published`.' })
  action?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Of this subject and all that is below it: `owner/name`, `owner/name/1`, `owner/name/1.2.3`.',
  })
  subject?: string | null;
}

@ObjectType({ description: 'A change of what an owner has in the registry; it stays as it is for ever.' })
export class LedgerEntry {
  @Field(() => String, {
    description:
      'The state of the owner that it made: `owner@n` on the public chain, `owner@n+m` on the private one.',
  })
  position!: string;
  @Field(() => DateTime) at!: Date;
  @Field(() => String, {
    description: 'Who made it, and the public beginning of the key that it was made by.',
  })
  actor!: string;
  @Field(() => String) action!: string;
  @Field(() => String, { description: 'The owner, or what of it was changed.' }) subject!: string;
  @Field(() => Json) change!: unknown;
  @Field(() => String, {
    description: 'SHA-256, in lower-case hex, of all that it says; see docs/ledger.md.',
  })
  hash!: string;
  @Field(() => String, { nullable: true, description: 'Of the entry before on its chain; null: the first.' })
  previousHash!: string | null;
}

export const LedgerConnection = connectionOf('LedgerEntry', () => LedgerEntry, {
  name: 'Ledger',
  plural: 'entries of a ledger',
});

export function ledgerEntryOf({ position, at, changeJson, ...entry }: PlacedEntry): LedgerEntry {
  const { actor, action, subject, hash, previousHash } = entry;
  return {
    ...{ position, actor, action, subject, hash, previousHash },
    at: new Date(at),
    change: JSON.parse(changeJson) as unknown,
  };
}
