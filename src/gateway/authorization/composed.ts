import {
  isTypeDefinitionNode,
  isTypeExtensionNode,
  Kind,
  type DocumentNode,
  type FieldDefinitionNode,
  type TypeDefinitionNode,
  type TypeExtensionNode,
} from 'graphql';
import { namesInSubgraph, namesInSupergraph, requirementOf, type AuthorizationNames } from './directives';
import { both, implies, inWords, NOTHING, type Requirement } from './requirement';

/** By `Type` or `Type.field`. */
type Asked = Map<string, Requirement>;

/**
 * What became another requirement in a supergraph than its subgraphs have together, in words; empty where nothing did.
 * The composer (0.27.0) takes an empty list of scopes for no directive, and mixes up names with commas in them.
 */
export function changedRequirements(subgraphs: readonly DocumentNode[], supergraph: DocumentNode): string[] {
  const expected: Asked = new Map();
  for (const subgraph of subgraphs) read(subgraph, namesInSubgraph(subgraph), expected);
  spreadOverImplementations(supergraph, expected);
  const composed: Asked = new Map();
  const inheriting = coordinatesOfInterfaces(supergraph);
  read(supergraph, namesInSupergraph(supergraph), composed);
  return [...expected].flatMap(([coordinate, requirement]) => {
    const actual = composed.get(coordinate);
    if (actual === undefined || isKept(requirement, actual, inheriting.has(coordinate))) return [];
    return [
      `REQUIREMENT_CHANGED: ${coordinate} needs ${inWords(requirement)} by its subgraphs, and would need ` +
        `${inWords(actual)} in the composed graph: give it lists that are not empty, of names without commas.`,
    ];
  });
}

/** An interface asks for what its implementations ask for besides. */
function isKept(expected: Requirement, actual: Requirement, inherits: boolean): boolean {
  return implies(actual, expected) && (inherits || implies(expected, actual));
}

function coordinatesOfInterfaces(supergraph: DocumentNode): ReadonlySet<string> {
  return new Set(
    supergraph.definitions.flatMap((node) =>
      node.kind === Kind.INTERFACE_TYPE_DEFINITION
        ? [node.name.value, ...(node.fields ?? []).map(({ name }) => `${node.name.value}.${name.value}`)]
        : [],
    ),
  );
}

function read(document: DocumentNode, names: AuthorizationNames, into: Asked): void {
  for (const node of document.definitions) {
    if (!isTypeDefinitionNode(node) && !isTypeExtensionNode(node)) continue;
    add(into, node.name.value, requirementOf(node.directives, names));
    for (const field of fieldsOf(node))
      add(into, `${node.name.value}.${field.name.value}`, requirementOf(field.directives, names));
  }
}

/** What an `@interfaceObject` says of a field holds for that field of everything that implements the interface. */
function spreadOverImplementations(supergraph: DocumentNode, expected: Asked): void {
  for (const node of supergraph.definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    for (const field of node.fields ?? []) {
      for (const { name } of node.interfaces ?? []) {
        const requirement = expected.get(`${name.value}.${field.name.value}`);
        if (requirement !== undefined) add(expected, `${node.name.value}.${field.name.value}`, requirement);
      }
    }
  }
}

function add(asked: Asked, coordinate: string, requirement: Requirement): void {
  asked.set(coordinate, both(asked.get(coordinate) ?? NOTHING, requirement));
}

function fieldsOf(node: TypeDefinitionNode | TypeExtensionNode): readonly FieldDefinitionNode[] {
  const { fields = [] } = 'fields' in node ? node : {};
  return fields.filter((field) => field.kind === Kind.FIELD_DEFINITION);
}
