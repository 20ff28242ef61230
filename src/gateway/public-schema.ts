import { buildASTSchema, Kind, parse, visit, type DocumentNode, type GraphQLSchema } from 'graphql';
import { transformSupergraphToPublicSchema } from '@theguild/federation-composition';

/**
 * The schema that callers see: the supergraph without the machinery of federation and without what is
 * `@inaccessible`. Descriptions, deprecations and default values stay.
 */
export function publicSchema(supergraphSdl: string): GraphQLSchema {
  return publicSchemaOf(parse(supergraphSdl, { noLocation: true }));
}

export function publicSchemaOf(supergraph: DocumentNode): GraphQLSchema {
  return buildASTSchema(withoutDanglingMembers(transformSupergraphToPublicSchema(supergraph)), {
    assumeValidSDL: true,
  });
}

/** The composer removes an inaccessible type, but leaves it as a member of the unions that name it. */
function withoutDanglingMembers(document: DocumentNode): DocumentNode {
  const defined = new Set(document.definitions.flatMap((node) => ('name' in node ? [node.name.value] : [])));
  return visit(document, {
    [Kind.UNION_TYPE_DEFINITION]: (node) => ({
      ...node,
      types: node.types?.filter((member) => defined.has(member.name.value)) ?? [],
    }),
  });
}
