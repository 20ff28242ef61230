import { Kind, print, visit, type DefinitionNode, type DocumentNode, type GraphQLSchema } from 'graphql';
import { getDocumentNodeFromSchema } from '@graphql-tools/utils';

/** The directives of Federation 2, in the order in which they are imported. */
const FEDERATION_DIRECTIVES = [
  'authenticated',
  'composeDirective',
  'context',
  'cost',
  'extends',
  'external',
  'fromContext',
  'inaccessible',
  'interfaceObject',
  'key',
  'listSize',
  'override',
  'policy',
  'provides',
  'requires',
  'requiresScopes',
  'shareable',
  'tag',
] as const;

export const FEDERATION_VERSION = 'v2.9';

/**
 * The SDL that composition reads, directives included, with the `@link` that imports those of Federation. Definitions
 * are in the order of their names, whatever order the types were built in; fields stay in theirs.
 */
export function federationSdl(schema: GraphQLSchema): string {
  const document = getDocumentNodeFromSchema(schema);
  const definitions = [...document.definitions]
    .filter((node) => !isLeftOut(node))
    .sort((left, right) => (sortKey(left) < sortKey(right) ? -1 : 1));
  const imports = directivesOf(document).map((name) => `"@${name}"`);
  const link = `extend schema @link(url: "https://specs.apollo.dev/federation/${FEDERATION_VERSION}", import: [${imports.join(', ')}])`;
  return `${[link, ...definitions.map(print)].join('\n\n')}\n`;
}

/** Definitions that composition supplies, and a root type without fields, which says nothing and is not SDL. */
function isLeftOut(node: DefinitionNode): boolean {
  switch (node.kind) {
    case Kind.DIRECTIVE_DEFINITION:
      return (FEDERATION_DIRECTIVES as readonly string[]).includes(node.name.value);
    case Kind.OBJECT_TYPE_DEFINITION:
      return (node.fields ?? []).length === 0;
    case Kind.SCHEMA_DEFINITION:
      return node.operationTypes.every(
        ({ operation, type }) => type.name.value.toLowerCase() === String(operation),
      );
    default:
      return false;
  }
}

function directivesOf(document: DocumentNode): string[] {
  const used = new Set<string>();
  visit(document, { [Kind.DIRECTIVE]: (node) => void used.add(node.name.value) });
  return FEDERATION_DIRECTIVES.filter((name) => used.has(name));
}

function sortKey(node: DefinitionNode): string {
  const rank = node.kind === Kind.SCHEMA_DEFINITION ? 0 : node.kind === Kind.DIRECTIVE_DEFINITION ? 1 : 2;
  return `${rank} ${'name' in node ? node.name.value : ''}`;
}
