import { buildSchemaSync } from 'type-graphql';

import { type Subgraph, toSubgraph } from '../../gateway';
import type { GraphContext } from '../shared/context';
import { AlgorithmService } from './algorithm-service';
import { BuildService } from './build-service';
import { CatalogueService } from './catalogue-service';
import { registryLoaders } from './loaders';
import { PublishService } from './publish-service';
import { RegistryReader } from './reader';
import { ReleaseService } from './release-service';
import { AlgorithmResolver, ChannelResolver } from './resolvers/algorithm';
import { AlgorithmsResolver } from './resolvers/algorithms';
import { CreateAlgorithmResolver } from './resolvers/create-algorithm';
import { MajorResolver } from './resolvers/major';
import { NodeResolver } from './resolvers/node';
import { OwnerResolver } from './resolvers/owner';
import { PromoteVersionResolver } from './resolvers/promote-version';
import { PublishVersionResolver } from './resolvers/publish-version';
import { registryReferences } from './resolvers/reference';
import { RegisterBuildResolver } from './resolvers/register-build';
import { ResolveResolver } from './resolvers/resolve';
import { UnyankVersionResolver } from './resolvers/unyank-version';
import { UpdateAlgorithmResolver } from './resolvers/update-algorithm';
import { VersionResolver } from './resolvers/version';
import { YankVersionResolver } from './resolvers/yank-version';
import type { RegistryParts } from './services';

/** The `registry` subgraph: owners, algorithms, versions, builds; publishing and resolution. */
export function buildRegistrySubgraph(parts: RegistryParts): Subgraph {
  const catalogue = new CatalogueService(parts);
  const reader = new RegistryReader(registryLoaders(parts.database));
  const algorithms = new AlgorithmService(parts);
  const releases = new ReleaseService(parts);
  const owner = new OwnerResolver(catalogue);
  const algorithm = new AlgorithmResolver(catalogue, reader);
  const major = new MajorResolver(catalogue, reader);
  const version = new VersionResolver(catalogue, reader);
  const resolvers = [
    owner,
    algorithm,
    major,
    version,
    new ChannelResolver(reader),
    new AlgorithmsResolver(catalogue),
    new ResolveResolver(catalogue, reader),
    new NodeResolver(owner, algorithm, major, version),
    new CreateAlgorithmResolver(algorithms, reader),
    new UpdateAlgorithmResolver(algorithms, reader),
    new RegisterBuildResolver(new BuildService(parts)),
    new PublishVersionResolver(new PublishService(parts), reader),
    new PromoteVersionResolver(releases, reader),
    new YankVersionResolver(releases, reader),
    new UnyankVersionResolver(releases, reader),
  ];
  return toSubgraph<GraphContext>({
    name: 'registry',
    schema: schemaOf(resolvers),
    references: registryReferences(catalogue, reader),
  });
}

function schemaOf(resolvers: readonly object[]) {
  const instances = new Map<unknown, unknown>(resolvers.map((resolver) => [resolver.constructor, resolver]));
  const classes = resolvers.map((resolver) => resolver.constructor);
  return buildSchemaSync({
    // the metadata of type-graphql are global: only what is listed is in this schema
    resolvers: classes as unknown as [NewableFunction],
    container: { get: (resolver) => instances.get(resolver) },
    validate: false,
  });
}
