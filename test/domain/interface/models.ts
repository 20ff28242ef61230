import fc from 'fast-check';

/** Interfaces as data, to be generated, changed in one known way, and printed in more than one. */
export interface Input {
  readonly name: string;
  readonly type: string;
  readonly default?: string;
}

export interface Output {
  readonly name: string;
  readonly type: string;
  readonly args: readonly Input[];
}

export interface Model {
  /** Each of at least two values; each sent and answered. */
  readonly enums: readonly (readonly string[])[];
  /** `I0`, `I1`, …; each sent. One refers to those before it alone. */
  readonly inputs: readonly (readonly Input[])[];
  /** `O0`, `O1`, …; each answered. */
  readonly objects: readonly (readonly Output[])[];
  /** `U0`, … of the numbers of two objects or more; each answered. */
  readonly unions: readonly (readonly number[])[];
  readonly functions: readonly Output[];
}

export interface Printing {
  /** Where each definition goes. */
  readonly order: readonly number[];
  /** Types, fields and values the other way round; never args. */
  readonly reversed: boolean;
  readonly description: string | null;
}

export const PLAIN: Printing = { order: [], reversed: false, description: null };

export const printing: fc.Arbitrary<Printing> = fc.record({
  order: fc.array(fc.nat(100), { minLength: 20, maxLength: 20 }),
  reversed: fc.boolean(),
  description: fc.option(fc.constantFrom('One.', 'Two "quoted".', 'Three\nlines\nlong.')),
});

const SCALARS = ['Int', 'Float', 'String', 'Boolean', 'ID'];
const DEFAULTS: Readonly<Record<string, string>> = {
  Int: '3',
  Float: '1.0',
  String: '"text"',
  Boolean: 'true',
  ID: '"id"',
  '[Int!]': '[1, 2]',
};
const NAMES = ['a', 'b', 'c', 'd', 'e'];

function wrapped(name: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(name, fc.constantFrom('T', 'T', 'T!', '[T]', '[T!]', '[T!]!', '[[T]!]'))
    .map(([of, wrapper]) => wrapper.replace('T', of));
}

function inputs(names: readonly string[], minLength: number): fc.Arbitrary<readonly Input[]> {
  const input = fc
    .record({
      name: fc.constantFrom(...NAMES),
      type: wrapped(fc.constantFrom(...names)),
      withDefault: fc.boolean(),
    })
    .map(({ name, type, withDefault }): Input => {
      const literal = DEFAULTS[type.replace(/!$/, '')];
      return withDefault && literal !== undefined ? { name, type, default: literal } : { name, type };
    });
  return fc.uniqueArray(input, { minLength, maxLength: 4, selector: ({ name }) => name });
}

function outputs(
  types: readonly string[],
  sent: readonly string[],
  names: readonly string[],
): fc.Arbitrary<readonly Output[]> {
  const output = fc.record({
    name: fc.constantFrom(...names),
    type: wrapped(fc.constantFrom(...types)),
    args: inputs(sent, 0),
  });
  return fc.uniqueArray(output, { minLength: 1, maxLength: 4, selector: ({ name }) => name });
}

const numbers = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}${at}`);

export const model: fc.Arbitrary<Model> = fc
  .record({ enums: fc.nat(2), inputs: fc.nat(3), objects: fc.integer({ min: 2, max: 4 }), unions: fc.nat(2) })
  .chain((count) => {
    const leaves = [...SCALARS, ...numbers('E', count.enums)];
    const sent = [...leaves, ...numbers('I', count.inputs)];
    const answered = [...leaves, ...numbers('O', count.objects), ...numbers('U', count.unions)];
    const objects = numbers('', count.objects).map(Number);
    return fc.record({
      enums: fc.tuple(
        ...numbers('E', count.enums).map(() => fc.shuffledSubarray(['X', 'Y', 'Z', 'W'], { minLength: 2 })),
      ),
      inputs: fc.tuple(
        ...numbers('I', count.inputs).map((_, at) => inputs([...leaves, ...numbers('I', at)], 1)),
      ),
      objects: fc.tuple(...objects.map(() => outputs(answered, sent, NAMES))),
      unions: fc.tuple(
        ...numbers('U', count.unions).map(() => fc.shuffledSubarray(objects, { minLength: 2 })),
      ),
      functions: outputs(answered, sent, ['f', 'g', 'h', 'k']),
    });
  });

export function printModel(model: Model, { order, reversed, description }: Printing = PLAIN): string {
  const inOrder = <T>(items: readonly T[]) => (reversed ? items.toReversed() : items);
  const said = description === null ? '' : `"""${description}""" `;
  const input = (of: Input) =>
    `${said}${of.name}: ${of.type}${of.default === undefined ? '' : ` = ${of.default}`}`;
  const output = (of: Output) =>
    `${said}${of.name}${of.args.length === 0 ? '' : `(${of.args.map(input).join(', ')})`}: ${of.type}`;
  const block = (items: readonly string[]) => `{ ${inOrder(items).join(' ')} }`;
  const functions = [...model.functions.map(output), ...usesOf(model)];
  const definitions = [
    `type Query ${block(functions)}`,
    ...model.enums.map((values, at) => `enum E${at} ${block(values.map((value) => said + value))}`),
    ...model.inputs.map((fields, at) => `input I${at} ${block(fields.map(input))}`),
    ...model.objects.map((fields, at) => `type O${at} ${block(fields.map(output))}`),
    ...model.unions.map(
      (members, at) => `union U${at} = ${inOrder(members.map((of) => `O${of}`)).join(' | ')}`,
    ),
  ];
  return definitions
    .map((text, at) => ({ text: said + text, key: order[at] ?? at }))
    .sort((a, b) => a.key - b.key)
    .map(({ text }) => text)
    .join('\n');
}

/** Functions that put every type to use, and that no change of a model touches. */
function usesOf(model: Model): readonly string[] {
  return [
    ...model.enums.map((_, at) => `useE${at}(value: E${at}): E${at}`),
    ...model.inputs.map((_, at) => `useI${at}(value: I${at}): Int`),
    ...model.objects.map((_, at) => `useO${at}: O${at}`),
    ...model.unions.map((_, at) => `useU${at}: U${at}`),
  ];
}
