import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';

import type { GraphContext } from '../../shared/context';
import type { TrustReader } from '../trust/reader';
import { Sbom, VersionLicence } from '../trust/types';
import { Version } from '../types';

@Resolver(() => Version)
export class VersionLicencesResolver {
  constructor(private readonly reader: TrustReader) {}

  @FieldResolver(() => [VersionLicence], {
    description: 'The licences that its SBOM names, each once, in the order of the document: at most 500.',
  })
  licences(@Ctx() context: GraphContext, @Root() version: Version): Promise<VersionLicence[]> {
    return this.reader.licences(context, version);
  }

  @FieldResolver(() => Sbom, { nullable: true, description: 'Null where it was published without one.' })
  sbom(@Ctx() context: GraphContext, @Root() version: Version): Promise<Sbom | null> {
    return this.reader.sbom(context, version);
  }
}

@Resolver(() => Sbom)
export class SbomResolver {
  constructor(private readonly reader: TrustReader) {}

  @FieldResolver(() => String, { description: 'As it was given. At most 10 in a request.' })
  document(@Ctx() context: GraphContext, @Root() sbom: Sbom): Promise<string> {
    return this.reader.sbomDocument(context, sbom);
  }
}
