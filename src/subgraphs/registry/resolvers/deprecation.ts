import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import type { DeprecationService } from '../deprecations/service';
import { Deprecation } from '../deprecations/types';
import type { RegistryReader } from '../reader';
import { Version } from '../types';

@Resolver(() => Version)
export class VersionDeprecationResolver {
  constructor(private readonly deprecations: DeprecationService) {}

  @FieldResolver(() => Deprecation, { nullable: true, description: 'Null where it is not deprecated.' })
  async deprecation(@Root() { algorithmRef, version }: Version): Promise<Deprecation | null> {
    const found = await this.deprecations.ofVersion(algorithmRef, version);
    if (found === null) return null;
    const { id, message, replacement, removalAt, since } = found;
    return Object.assign(new Deprecation(), {
      message,
      replacement,
      removalDate: removalAt === null ? null : new Date(removalAt),
      since: new Date(since),
      deprecationId: id,
    });
  }
}

@Resolver(() => Deprecation)
export class DeprecationResolver {
  constructor(private readonly reader: RegistryReader) {}

  @FieldResolver(() => String, { nullable: true, description: 'Markdown.' })
  async migrationGuide(
    @Ctx() context: GraphContext,
    @Root() { deprecationId }: Deprecation,
  ): Promise<string | null> {
    return this.reader.migrationGuide(context, deprecationId);
  }
}
