import {
  Kind,
  parse,
  print,
  visit,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldNode,
} from 'graphql';
import { fatal } from './fatal';

/**
 * What a supergraph says and the planner gets wrong without an error, or dies of: it must not be served.
 * @returns one line for each, with what to write instead
 */
export function unsupported(supergraph: DocumentNode): string[] {
  const broken = fatal(supergraph);
  if (broken.length > 0) return broken; // what follows reads field sets
  const fields = supergraph.definitions.flatMap((node) =>
    node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION
      ? (node.fields ?? []).map(({ name, directives }) => ({
          coordinate: `${node.name.value}.${name.value}`,
          joins: (directives ?? []).filter((directive) => directive.name.value === 'join__field'),
        }))
      : [],
  );
  return [
    ...fields
      .filter(({ joins }) => joins.some(hasContext))
      .map(({ coordinate }) => contextArgument(coordinate)),
    ...conflictsWithin(
      fields.flatMap(({ coordinate, joins }) => joins.flatMap((join) => argumentsIn(coordinate, join))),
    ),
  ];
}

function hasContext(join: ConstDirectiveNode): boolean {
  return (join.arguments ?? []).some(({ name }) => name.value === 'contextArguments');
}

/** The planner leaves the argument out. */
function contextArgument(coordinate: string): string {
  return `CONTEXT_ARGUMENT: ${coordinate} has an argument @fromContext, which is not supported: give the field what it needs by @requires.`;
}

/** A field with arguments in a `@requires`. */
interface Required {
  /** The field that requires. */
  readonly coordinate: string;
  readonly field: string;
  readonly spelled: string;
  readonly nested: boolean;
}

function argumentsIn(coordinate: string, join: ConstDirectiveNode): Required[] {
  const requires = join.arguments?.find(({ name }) => name.value === 'requires')?.value;
  if (requires?.kind !== Kind.STRING) return [];
  const found: Required[] = [];
  let depth = 0;
  visit(parse(`{ ${requires.value} }`, { noLocation: true }), {
    [Kind.FIELD]: {
      enter(node: FieldNode) {
        depth++;
        if ((node.arguments ?? []).length === 0) return;
        const spelled = (node.arguments ?? []).map(print).sort().join(', ');
        found.push({ coordinate, field: node.name.value, spelled, nested: depth > 1 });
      },
      leave() {
        depth--;
      },
    },
  });
  return found;
}

/**
 * Asked for two fields of which one requires within an object what the other requires with other arguments, the planner
 * gives the one the value of the other, or aborts the process.
 */
function conflictsWithin(required: readonly Required[]): string[] {
  return required
    .filter(({ nested }) => nested)
    .flatMap((inner) =>
      required
        .filter(({ field, spelled }) => field === inner.field && spelled !== inner.spelled)
        .filter((other) => !other.nested || inner.coordinate <= other.coordinate)
        .map(
          (other) =>
            `REQUIRED_ARGUMENTS: ${inner.coordinate} requires ${inner.field}(${inner.spelled}) within an object, and ` +
            `${other.coordinate} requires ${other.field}(${other.spelled}): give both the same arguments.`,
        ),
    );
}
