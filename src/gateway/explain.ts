import { Kind, parse, validate } from 'graphql';
import { fieldsWithArguments, responseKeyOf } from './aliases';
import { decided } from './decide';
import { publicSchemaOf } from './public-schema';
import { findOperation, type Operation } from './operation';
import { NO_ROLLOUT, Planner, type Stage } from './plan';
import { conditionVariables, type Conditions } from './selections';
import type { Step } from './steps';

/** A plan as data: what `algogate explain --json` prints. */
export type Explained =
  | { readonly kind: 'sequence' | 'parallel'; readonly steps: readonly Explained[] }
  | {
      readonly kind: 'fetch';
      readonly subgraph: string;
      readonly operation: string;
      /** Where in the answer its entities are, and by what they are asked for; empty for a fetch of root fields. */
      readonly entities: readonly { readonly path: string; readonly keys: readonly string[] }[];
    };

/**
 * The plan of the only operation of `query`, or of the one named `operationName`. Conditions have the defaults of their
 * variables, false where there is none: what they leave out is not in it.
 * @throws the errors of the query, each on its own line; GatewayError where it cannot be planned
 */
export async function explain(
  supergraphSdl: string,
  query: string,
  operationName?: string,
): Promise<Explained> {
  const supergraph = parse(supergraphSdl, { noLocation: true });
  const schema = publicSchemaOf(supergraph);
  const document = parse(query);
  const errors = validate(schema, document);
  if (errors.length > 0) throw new Error(errors.map(String).join('\n\n'));
  const operation = findOperation(document, operationName, fieldsWithArguments(supergraph));
  if (operation === null) throw new Error('The document has not exactly one operation of that name.');
  const planned = decided(operation, conditionsByDefault(operation));
  const stages = await new Planner(supergraph, supergraphSdl, schema).plan(planned, NO_ROLLOUT);
  return { kind: 'sequence', steps: stages.flatMap(explainedStage) };
}

/** As no variables are given, a condition has its variable's default, and is false where there is none. */
function conditionsByDefault(operation: Operation): Conditions {
  const definitions = operation.definition.variableDefinitions ?? [];
  const isTrue = new Set(
    definitions.flatMap(({ variable, defaultValue }) =>
      defaultValue?.kind === Kind.BOOLEAN && defaultValue.value ? [variable.name.value] : [],
    ),
  );
  return new Map(conditionVariables(operation).map((name) => [name, isTrue.has(name)]));
}

function explainedStage({ step }: Stage): Explained[] {
  return step === null ? [] : [explained(step)];
}

function explained(step: Step): Explained {
  switch (step.kind) {
    case 'sequence':
    case 'parallel':
      return { kind: step.kind, steps: step.steps.map(explained) };
    case 'root':
      return { kind: 'fetch', subgraph: step.service, operation: step.query, entities: [] };
    case 'entities':
      return {
        kind: 'fetch',
        subgraph: step.service,
        operation: step.query,
        entities: step.groups.flatMap(({ paths, requires }) =>
          paths.map((path) => ({ path: textOfPath(path), keys: requires.map(textOfRequirement) })),
        ),
      };
  }
}

type Path = Extract<Step, { kind: 'entities' }>['groups'][number]['paths'][number];
type Requirement = Extract<Step, { kind: 'entities' }>['groups'][number]['requires'][number];

function textOfPath(path: Path): string {
  return path
    .map((segment) => {
      if (segment === '@') return '@';
      return 'Field' in segment
        ? responseKeyOf(segment.Field)
        : `... on ${[...segment.TypeCondition].join(' | ')}`;
    })
    .join('.');
}

function textOfRequirement(requirement: Requirement): string {
  switch (requirement.kind) {
    case 'Field': {
      const { name, selections } = requirement;
      return selections && selections.length > 0
        ? `${name} { ${selections.map(textOfRequirement).join(' ')} }`
        : name;
    }
    case 'InlineFragment': {
      const { typeCondition, selections } = requirement;
      return `${typeCondition} { ${selections.map(textOfRequirement).join(' ')} }`;
    }
    default:
      return JSON.stringify(requirement);
  }
}

/** The plan as an indented tree. */
export function explainedText(plan: Explained): string {
  const lines = linesOf(plan, '');
  return lines.length === 0 ? 'nothing is fetched\n' : `${lines.join('\n')}\n`;
}

function linesOf(plan: Explained, indent: string): string[] {
  const below = `${indent}  `;
  switch (plan.kind) {
    case 'sequence':
    case 'parallel': {
      const [only, ...others] = plan.steps;
      if (only === undefined) return [];
      if (others.length === 0) return linesOf(only, indent);
      return [`${indent}${plan.kind}`, ...plan.steps.flatMap((step) => linesOf(step, below))];
    }
    case 'fetch':
      return [
        `${indent}fetch from ${plan.subgraph}`,
        ...plan.entities.map(({ path, keys }) => `${below}for ${path} by ${keys.join(', ')}`),
        `${below}${plan.operation.replace(/\s+/g, ' ').trim()}`,
      ];
  }
}
