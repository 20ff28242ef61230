import { Kind, type ConstDirectiveNode, type DocumentNode } from 'graphql';

/** One `@link` of a schema: a specification, and what its directives are called there. */
export interface Link {
  /** The last part of its address before the version: `requiresScopes`. */
  readonly spec: string;
  /** Where its names come from: `https://specs.apollo.dev`. */
  readonly origin: string;
  readonly purpose: string | null;
  /** What `directive` (without its `@`) is called where this specification is linked. */
  readonly nameOf: (directive: string) => string;
}

/** The links of a schema, in their order. Source: https://specs.apollo.dev/link/v1.0/ */
export function linksOf(document: DocumentNode): Link[] {
  return document.definitions.flatMap((node) =>
    node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION
      ? (node.directives ?? []).filter(({ name }) => name.value === 'link').flatMap(linkOf)
      : [],
  );
}

/** What directives of `spec` are called in `document`; null where it does not link it. */
export function directiveNames(document: DocumentNode, spec: string): ((directive: string) => string) | null {
  return linksOf(document).find((link) => link.spec === spec)?.nameOf ?? null;
}

function linkOf(directive: ConstDirectiveNode): Link[] {
  const text = (name: string): string | null => {
    const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
    return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? value.value : null;
  };
  const match = /^(.*)\/([^/]+)\/v\d+\.\d+\/?$/.exec(text('url') ?? '');
  const [, origin = '', spec = ''] = match ?? [];
  if (match === null) return [];
  const imports = importsOf(directive);
  const prefix = text('as') ?? spec;
  const nameOf = (name: string): string =>
    imports.get(name) ?? (name === spec ? prefix : `${prefix}__${name}`);
  return [{ spec, origin, purpose: text('for'), nameOf }];
}

/** By the name of a directive without its `@`, what it is imported as. */
function importsOf(directive: ConstDirectiveNode): Map<string, string> {
  const list = directive.arguments?.find((argument) => argument.name.value === 'import')?.value;
  const imports = new Map<string, string>();
  for (const value of list?.kind === Kind.LIST ? list.values : []) {
    if (value.kind === Kind.STRING) imports.set(bare(value.value), bare(value.value));
    if (value.kind !== Kind.OBJECT) continue;
    const entry = (key: string): string | undefined => {
      const found = value.fields.find((field) => field.name.value === key)?.value;
      return found?.kind === Kind.STRING ? found.value : undefined;
    };
    const name = entry('name');
    if (name !== undefined) imports.set(bare(name), bare(entry('as') ?? name));
  }
  return imports;
}

function bare(name: string): string {
  return name.replace(/^@/, '');
}
