import {
  isTypeDefinitionNode,
  Kind,
  valueFromASTUntyped,
  type ConstDirectiveNode,
  type DocumentNode,
} from 'graphql';
import { directiveNames } from '../links';

/** `@listSize` of a field. */
export interface ListSize {
  readonly assumedSize: number | null;
  /** Arguments, or fields of input objects in them (`filter.first`), by which the field is sliced. */
  readonly slicingArguments: readonly string[];
  /** Of the object that the field gives, the lists that it sizes; none: it is a list itself. */
  readonly sizedFields: readonly string[];
  readonly requireOneSlicingArgument: boolean;
}

/**
 * The weights and list sizes of a supergraph, by coordinate: `Type`, `Type.field`, `Type.field.argument`. The public
 * schema does not have them. Source: https://ibm.github.io/graphql-specs/cost-spec.html
 */
export class CostDirectives {
  readonly weights = new Map<string, number>();
  readonly listSizes = new Map<string, ListSize>();

  constructor(supergraph: DocumentNode) {
    const nameOf = directiveNames(supergraph, 'cost') ?? ((name: string) => name);
    const cost = nameOf('cost');
    const listSize = nameOf('listSize');
    const read = (coordinate: string, directives: readonly ConstDirectiveNode[] | undefined): void => {
      for (const directive of directives ?? []) {
        if (directive.name.value === cost) this.addWeight(coordinate, directive);
        if (directive.name.value === listSize) this.listSizes.set(coordinate, listSizeOf(directive));
      }
    };
    for (const node of supergraph.definitions) {
      if (!isTypeDefinitionNode(node)) continue;
      read(node.name.value, node.directives);
      for (const field of 'fields' in node ? (node.fields ?? []) : []) {
        const coordinate = `${node.name.value}.${field.name.value}`;
        read(coordinate, field.directives);
        for (const argument of field.kind === Kind.FIELD_DEFINITION ? (field.arguments ?? []) : [])
          read(`${coordinate}.${argument.name.value}`, argument.directives);
      }
    }
  }

  private addWeight(coordinate: string, directive: ConstDirectiveNode): void {
    // the specification writes it as a string, Federation as a number
    const weight = Number(argumentOf(directive, 'weight'));
    if (Number.isFinite(weight)) this.weights.set(coordinate, weight);
  }
}

function listSizeOf(directive: ConstDirectiveNode): ListSize {
  const texts = (name: string): string[] => {
    const value = argumentOf(directive, name);
    return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string');
  };
  const assumed = argumentOf(directive, 'assumedSize');
  return {
    assumedSize: typeof assumed === 'number' ? assumed : null,
    slicingArguments: texts('slicingArguments'),
    sizedFields: texts('sizedFields'),
    requireOneSlicingArgument: argumentOf(directive, 'requireOneSlicingArgument') !== false,
  };
}

function argumentOf(directive: ConstDirectiveNode, name: string): unknown {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value === undefined ? undefined : valueFromASTUntyped(value);
}
