import {
  type ConstDirectiveNode,
  type DocumentNode,
  Kind,
  parse,
  print,
  type TypeDefinitionNode,
  type TypeNode,
} from 'graphql';

import { joinedGraphs } from '../gateway';

/** How a type is joined to one subgraph. */
export interface TypeJoin {
  readonly subgraph: string;
  readonly key: string | null;
  readonly isInterfaceObject: boolean;
  /** The whole of it, to be compared. */
  readonly text: string;
}

/** How a field is joined to one subgraph; a field that says nothing is joined to all that its type is joined to. */
export interface FieldJoin {
  readonly subgraph: string;
  readonly external: boolean;
  readonly override: string | null;
  readonly provides: string | null;
  readonly text: string;
}

/** A field, an input field or a value of an enum. */
export interface IndexedField {
  /** Without the name: type, arguments, default; empty for a value of an enum. */
  readonly definition: string;
  /** Of its type, without lists and non-nulls; empty for a value of an enum. */
  readonly typeName: string;
  readonly nullable: boolean;
  /** Directives that are not about joining: `@inaccessible`, `@deprecated`, `@authenticated`, … */
  readonly directives: readonly string[];
  readonly joins: readonly FieldJoin[];
}

export interface IndexedType {
  readonly kind: TypeDefinitionNode['kind'];
  readonly directives: readonly string[];
  readonly joins: readonly TypeJoin[];
  readonly fields: ReadonlyMap<string, IndexedField>;
  /** Interfaces of an object or interface, members of a union, by the subgraph that says so. */
  readonly members: readonly { readonly subgraph: string; readonly name: string }[];
}

/** Who says what in a supergraph, by the names of types. */
export type SupergraphIndex = ReadonlyMap<string, IndexedType>;

/** @throws GraphQLError where it is no SDL */
export function indexOf(supergraphSdl: string): SupergraphIndex {
  const document = parse(supergraphSdl, { noLocation: true });
  const names = new Map([...joinedGraphs(document)].map(([value, { name }]) => [value, name]));
  return new Map(typesOf(document).map((node) => [node.name.value, typeOf(node, names)]));
}

function typesOf(document: DocumentNode): TypeDefinitionNode[] {
  return document.definitions.filter(
    (node): node is TypeDefinitionNode =>
      'name' in node && /TypeDefinition$/.test(node.kind) && !/^(join|link|core)__/.test(node.name.value),
  );
}

function typeOf(node: TypeDefinitionNode, names: ReadonlyMap<string, string>): IndexedType {
  const directives = node.directives ?? [];
  const subgraphOf = (directive: ConstDirectiveNode): string =>
    names.get(argument(directive, 'graph') ?? '') ?? '';
  const joins = named(directives, 'join__type').map((join) => ({
    subgraph: subgraphOf(join),
    key: argument(join, 'key'),
    isInterfaceObject: argument(join, 'isInterfaceObject') === 'true',
    text: textOf(join),
  }));
  const members = [
    ...named(directives, 'join__implements').map((join) => [join, 'interface'] as const),
    ...named(directives, 'join__unionMember').map((join) => [join, 'member'] as const),
  ].map(([join, key]) => ({ subgraph: subgraphOf(join), name: argument(join, key) ?? '' }));
  const everywhere = [...new Set(joins.map(({ subgraph }) => subgraph))];
  const fields = 'fields' in node ? (node.fields ?? []) : 'values' in node ? (node.values ?? []) : [];
  return {
    kind: node.kind,
    directives: others(directives),
    joins,
    members,
    fields: new Map(fields.map((field) => [field.name.value, fieldOf(field)])),
  };

  function fieldOf(field: (typeof fields)[number]): IndexedField {
    const own = field.directives ?? [];
    const type = 'type' in field ? field.type : null;
    const explicit = [...named(own, 'join__field'), ...named(own, 'join__enumValue')].filter(
      (join) => argument(join, 'graph') !== null,
    );
    return {
      definition: definitionOf(field),
      typeName: type === null ? '' : nameOf(type),
      nullable: type === null || type.kind !== Kind.NON_NULL_TYPE,
      directives: others(own),
      joins:
        explicit.length === 0
          ? everywhere.map((subgraph) => ({ subgraph, ...NOTHING }))
          : explicit.map((join) => ({
              subgraph: subgraphOf(join),
              external: argument(join, 'external') === 'true',
              override: argument(join, 'override'),
              provides: argument(join, 'provides'),
              text: textOf(join),
            })),
    };
  }
}

const NOTHING = { external: false, override: null, provides: null, text: '' };

function definitionOf(
  field:
    | NonNullable<Extract<TypeDefinitionNode, { fields?: unknown }>['fields']>[number]
    | { readonly kind: Kind.ENUM_VALUE_DEFINITION },
): string {
  if (field.kind === Kind.ENUM_VALUE_DEFINITION) return '';
  if (field.kind === Kind.INPUT_VALUE_DEFINITION) {
    return print(field.type) + (field.defaultValue === undefined ? '' : ` = ${print(field.defaultValue)}`);
  }
  const args = (field.arguments ?? []).map((each) =>
    `${each.name.value}: ${definitionOf(each)} ${others(each.directives ?? []).join(' ')}`.trimEnd(),
  );
  return (args.length === 0 ? '' : `(${args.sort().join(', ')}): `) + print(field.type);
}

/** What a join says beside its subgraph. The type is that of the field, which is compared by itself. */
function textOf(join: ConstDirectiveNode): string {
  return (join.arguments ?? [])
    .filter(({ name }) => name.value !== 'graph' && name.value !== 'type')
    .map(print)
    .sort()
    .join(', ');
}

function others(directives: readonly ConstDirectiveNode[]): string[] {
  return directives
    .filter(({ name }) => !name.value.startsWith('join__'))
    .map(print)
    .sort();
}

function named(directives: readonly ConstDirectiveNode[], name: string): ConstDirectiveNode[] {
  return directives.filter((directive) => directive.name.value === name);
}

function argument(directive: ConstDirectiveNode, name: string): string | null {
  const value = directive.arguments?.find((each) => each.name.value === name)?.value;
  return value !== undefined && 'value' in value ? String(value.value) : null;
}

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);
}
