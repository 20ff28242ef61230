import { buildSchemaSync } from 'type-graphql';

import { type Subgraph, toSubgraph } from '../../gateway';
import type { GraphContext } from '../shared/context';
import { AlgorithmService } from './algorithms/service';
import { ApprovalService } from './approvals/service';
import { ArtifactReader } from './artifacts/reader';
import { ArtifactService } from './artifacts/service';
import { BuildService } from './publishing/build-service';
import { CatalogueService } from './catalogue-service';
import { ChannelReader } from './channels/reader';
import { ChannelService } from './channels/service';
import { DeprecationService } from './deprecations/service';
import { GateService } from './gates/service';
import { InterfaceService } from './interfaces/service';
import { JudgementReader } from './interfaces/judgement-reader';
import { registryLoaders } from './loaders';
import { PublishService } from './publishing/publish-service';
import { RegistryReader } from './reader';
import { ReceiptReader } from './receipt-reader';
import { ReleaseService } from './publishing/release-service';
import { AddArtifactRevisionResolver } from './resolvers/add-artifact-revision';
import { AlgorithmResolver } from './resolvers/algorithm';
import { AlgorithmsResolver } from './resolvers/algorithms';
import { ApproveVersionResolver } from './resolvers/approve-version';
import {
  AlgorithmArtifactsResolver,
  MajorManifestResolver,
  VersionArtifactsResolver,
} from './resolvers/artifacts';
import { AlgorithmChannelsResolver, ChannelMoveResolver, ChannelResolver } from './resolvers/channel';
import {
  AttestationResolver,
  OwnerSigningKeysResolver,
  VersionAttestationsResolver,
} from './resolvers/attestations';
import { CheckInterfaceResolver } from './resolvers/check-interface';
import { CreateAlgorithmResolver } from './resolvers/create-algorithm';
import { DeprecateResolver } from './resolvers/deprecate';
import { DeprecationResolver, VersionDeprecationResolver } from './resolvers/deprecation';
import { AlgorithmGatesResolver, GateReportResolver, VersionGatesResolver } from './resolvers/gates';
import {
  AlgorithmPoliciesResolver,
  ApprovalResolver,
  VersionJudgementsResolver,
} from './resolvers/judgements';
import { MajorResolver } from './resolvers/major';
import { MoveArtifactResolver } from './resolvers/move-artifact';
import { MoveChannelResolver } from './resolvers/move-channel';
import { NodeResolver } from './resolvers/node';
import { OwnerResolver } from './resolvers/owner';
import { PromoteVersionResolver } from './resolvers/promote-version';
import { PublishVersionResolver } from './resolvers/publish-version';
import { registryReferences } from './resolvers/reference';
import { RegisterBuildResolver } from './resolvers/register-build';
import { RegisterSigningKeyResolver } from './resolvers/register-signing-key';
import { RejectVersionResolver } from './resolvers/reject-version';
import { ResolveResolver } from './resolvers/resolve';
import { RevokeSigningKeyResolver } from './resolvers/revoke-signing-key';
import { RollbackArtifactResolver } from './resolvers/rollback-artifact';
import { RollbackChannelResolver } from './resolvers/rollback-channel';
import { SbomResolver, VersionLicencesResolver } from './resolvers/sbom';
import { SubmitGateReportResolver } from './resolvers/submit-gate-report';
import { TakeDownVersionResolver } from './resolvers/take-down-version';
import { UnyankVersionResolver } from './resolvers/unyank-version';
import { UpdateAlgorithmResolver } from './resolvers/update-algorithm';
import { VersionResolver } from './resolvers/version';
import { ReportVulnerabilitiesResolver, VersionVulnerabilitiesResolver } from './resolvers/vulnerabilities';
import { YankVersionResolver } from './resolvers/yank-version';
import { SigningKeysService } from './trust/keys-service';
import { ScansService } from './trust/scans-service';
import { TrustReader } from './trust/reader';
import type { RegistryParts } from './services';
import { SourceService } from './source-service';
import { TakedownService } from './publishing/takedown-service';

/** The `registry` subgraph: owners, algorithms, versions, builds; publishing and resolution. */
export function buildRegistrySubgraph(parts: RegistryParts): Subgraph {
  const catalogue = new CatalogueService(parts);
  const loaders = registryLoaders(parts.database);
  const reader = new RegistryReader(loaders);
  const artifacts = new ArtifactService(parts);
  const artifactReader = new ArtifactReader(loaders);
  const channels = new ChannelService(parts);
  const channelReader = new ChannelReader(loaders);
  const deprecations = new DeprecationService(parts);
  const judgements = new JudgementReader(loaders);
  const approvals = new ApprovalService(parts);
  const source = new SourceService(parts);
  const algorithms = new AlgorithmService(parts);
  const releases = new ReleaseService(parts);
  const signingKeys = new SigningKeysService(parts);
  const trustReader = new TrustReader(loaders);
  const owner = new OwnerResolver(catalogue);
  const algorithm = new AlgorithmResolver(catalogue, reader);
  const major = new MajorResolver(catalogue, reader);
  const version = new VersionResolver(catalogue, reader, source);
  const resolvers = [
    owner,
    algorithm,
    major,
    version,
    new AlgorithmChannelsResolver(catalogue, channelReader),
    new ChannelResolver(reader, channelReader),
    new ChannelMoveResolver(catalogue, reader),
    new MoveChannelResolver(channels, reader, channelReader),
    new RollbackChannelResolver(channels, reader, channelReader),
    new AlgorithmGatesResolver(catalogue, channelReader),
    new VersionGatesResolver(catalogue, channelReader),
    new GateReportResolver(reader),
    new SubmitGateReportResolver(new GateService(parts), reader),
    new TakeDownVersionResolver(new TakedownService(parts), reader),
    new AlgorithmsResolver(catalogue),
    new ResolveResolver(catalogue, reader, source, new ReceiptReader(parts.receipts)),
    new NodeResolver(owner, algorithm, major, version),
    new CreateAlgorithmResolver(algorithms, reader),
    new UpdateAlgorithmResolver(algorithms, reader),
    new RegisterBuildResolver(new BuildService(parts)),
    new PublishVersionResolver(new PublishService(parts), reader, judgements),
    new PromoteVersionResolver(releases, reader),
    new YankVersionResolver(releases, reader),
    new UnyankVersionResolver(releases, reader),
    new ApproveVersionResolver(approvals, reader),
    new RejectVersionResolver(approvals, reader),
    new CheckInterfaceResolver(new InterfaceService(parts)),
    new AlgorithmPoliciesResolver(catalogue, judgements),
    new VersionJudgementsResolver(catalogue, judgements),
    new ApprovalResolver(reader),
    new AddArtifactRevisionResolver(artifacts, artifactReader),
    new MoveArtifactResolver(artifacts, reader),
    new RollbackArtifactResolver(artifacts, reader),
    new AlgorithmArtifactsResolver(artifacts, artifactReader),
    new MajorManifestResolver(artifacts, artifactReader),
    new VersionArtifactsResolver(artifacts, artifactReader),
    new DeprecateResolver(deprecations, reader),
    new VersionDeprecationResolver(deprecations),
    new DeprecationResolver(reader),
    new RegisterSigningKeyResolver(signingKeys),
    new RevokeSigningKeyResolver(signingKeys),
    new OwnerSigningKeysResolver(trustReader),
    new VersionAttestationsResolver(trustReader),
    new AttestationResolver(trustReader),
    new VersionLicencesResolver(trustReader),
    new SbomResolver(trustReader),
    new VersionVulnerabilitiesResolver(trustReader),
    new ReportVulnerabilitiesResolver(new ScansService(parts), reader),
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
