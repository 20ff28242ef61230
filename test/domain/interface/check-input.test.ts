import fc from 'fast-check';
import {
  buildSchema,
  coerceInputValue,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';

import {
  compileInputCheck,
  type InputFault,
  MAX_INPUT_DEPTH,
} from '../../../src/domain/interface/check-input';

const TYPES = `
  enum Stain { HE IHC }
  scalar Anything
  input Tile { x: Int!, y: Int! = 0, label: String, next: Tile, children: [Tile!] }
  input Region @oneOf { tile: Tile, name: String }
  type Answer { ok: Boolean }
`;

/** The fault of one input `it` of a type; null where it is what the type says. */
function faultOf(type: string, input: unknown): InputFault | null {
  return compileInputCheck(`type Query { f(it: ${type}): Answer } ${TYPES}`).check(null, input);
}

/** What a JSON text is when it is parsed: the numbers of JSON are not all numbers of JavaScript. */
const json = (text: string): unknown => JSON.parse(text) as unknown;

describe('what each type takes', () => {
  const TAKEN: readonly (readonly [type: string, values: readonly string[]])[] = [
    ['Int', ['0', '-0', '1.0', '1e3', '2147483647', '-2147483648', 'null']],
    ['Float', ['0', '1', '-1.5', '1e308', '5e-324', '12345678901234567890', 'null']],
    ['String', ['""', '"1"', '"\\ud800"', 'null']],
    ['Boolean', ['true', 'false', 'null']],
    ['ID', ['""', '"a"', '1', '1e20', 'null']],
    ['Stain', ['"HE"', '"IHC"', 'null']],
    ['Anything', ['1', '"x"', '[[{}]]', '{"__proto__": 1}', 'null']],
    ['[Int]', ['[]', '[1, null, 2]', 'null']],
    ['[[Int!]!]', ['[]', '[[], [1, 2]]', 'null']],
    ['Tile', ['{"x": 1}', '{"x": 1, "y": 2, "label": null, "next": null, "children": []}', 'null']],
    ['Tile', ['{"x": 1, "next": {"x": 2, "children": [{"x": 3}, {"x": 4, "y": 5}]}}']],
    ['Region', ['{"name": "a"}', '{"tile": {"x": 1}}', 'null']],
    ['Int!', ['1']],
    ['Anything!', ['false', '0', '""', '{}']],
    ['[Stain!]!', ['[]', '["HE", "HE"]']],
    ['Int! = 3', ['1']],
  ];
  test.each(TAKEN)('%s', (type, values) => {
    expect(values.map((value) => [value, faultOf(type, json(`{"it": ${value}}`))])).toEqual(
      values.map((value) => [value, null]),
    );
  });

  const REFUSED: readonly (readonly [type: string, value: string, fault: string])[] = [
    ['Int', '"1"', 'input.it: expected Int, found a string'],
    ['Int', 'true', 'input.it: expected Int, found a boolean'],
    ['Int', '[1]', 'input.it: expected Int, found a list'],
    ['Int', '{}', 'input.it: expected Int, found an object'],
    ['Int', '1.5', 'input.it: expected Int, found a number that is no integer'],
    ['Int', '1e999', 'input.it: expected Int, found a number that is no integer'],
    ['Int', '2147483648', 'input.it: expected Int, found an integer of more than 32 bits'],
    ['Int', '-2147483649', 'input.it: expected Int, found an integer of more than 32 bits'],
    ['Int!', 'null', 'input.it: expected Int!, found null'],
    ['Int! = 3', 'null', 'input.it: expected Int!, found null'],
    ['Float!', '"0.5"', 'input.it: expected Float!, found a string'],
    ['Float', '1e999', 'input.it: expected Float, found a number out of range'],
    ['String', '1', 'input.it: expected String, found a number'],
    ['Boolean', '0', 'input.it: expected Boolean, found a number'],
    ['Boolean', '"true"', 'input.it: expected Boolean, found a string'],
    ['ID', '1.5', 'input.it: expected ID, found a number that is no integer'],
    ['ID', 'true', 'input.it: expected ID, found a boolean'],
    ['Stain', '"PAS"', 'input.it: expected Stain (one of HE, IHC), found another name'],
    ['Stain!', '0', 'input.it: expected Stain! (one of HE, IHC), found a number'],
    ['Anything!', 'null', 'input.it: expected Anything!, found null'],
    ['[Int]', '1', 'input.it: expected [Int], found a number'],
    ['[Int]', '{"0": 1}', 'input.it: expected [Int], found an object'],
    ['[Int!]', '[1, null]', 'input.it[1]: expected Int!, found null'],
    ['[[Int]!]', '[[1], [2, "3"]]', 'input.it[1][1]: expected Int, found a string'],
    ['Tile', '[]', 'input.it: expected Tile, found a list'],
    ['Tile', '"tile"', 'input.it: expected Tile, found a string'],
    ['Tile', '{}', 'input.it.x: expected Int!, found nothing'],
    ['Tile', '{"x": null}', 'input.it.x: expected Int!, found null'],
    ['Tile', '{"x": 1, "y": null}', 'input.it.y: expected Int!, found null'],
    ['Tile', '{"X": 1}', 'input.it.X: expected one of x, y, label, next, children, found another name'],
    [
      'Tile',
      '{"x": 1, "children": [{"x": 1}, {"x": 2, "next": {"x": "3"}}]}',
      'input.it.children[1].next.x: expected Int!, found a string',
    ],
    ['Region', '{}', 'input.it: expected exactly one of tile, name, found none'],
    [
      'Region',
      '{"name": "a", "tile": {"x": 1}}',
      'input.it: expected exactly one of tile, name, found several',
    ],
    ['Region', '{"name": "a", "tile": null}', 'input.it.tile: expected Tile!, found null'],
    ['Region', '{"name": null}', 'input.it.name: expected String!, found null'],
    ['Region', '{"other": 1}', 'input.it.other: expected one of tile, name, found another name'],
  ];
  test.each(REFUSED)('%s does not take %s', (type, value, message) => {
    const fault = faultOf(type, json(`{"it": ${value}}`));
    const [, path, expected] = /^(.*): expected (.*), found /.exec(message) ?? [];
    expect(fault).toEqual({ path, expected, message });
  });
});

describe('the inputs of a function', () => {
  const check = compileInputCheck(`
    type Query {
      detect(image: String!, threshold: Float! = 0.5, stain: Stain, tiles: [Tile!]): Answer
      "No inputs at all."
      models: [String!]
    }
    ${TYPES}
  `);
  const message = (functionName: string | null, input: unknown): string | null =>
    check.check(functionName, input)?.message ?? null;

  const TABLE: readonly (readonly [name: string | null, input: string, message: string | null])[] = [
    ['detect', '{"image": "a"}', null],
    ['detect', '{"threshold": 1, "image": "a", "stain": null, "tiles": [{"x": 0}]}', null],
    ['models', '{}', null],
    ['models', 'null', null],
    ['detect', 'null', 'input.image: expected String!, found nothing'],
    ['detect', '{}', 'input.image: expected String!, found nothing'],
    ['detect', '"a"', 'input: expected an object of inputs by name, found a string'],
    ['detect', '["a"]', 'input: expected an object of inputs by name, found a list'],
    ['detect', '1', 'input: expected an object of inputs by name, found a number'],
    ['detect', 'false', 'input: expected an object of inputs by name, found a boolean'],
    [
      'detect',
      '{"image": "a", "treshold": 0.5}',
      'input.treshold: expected one of image, threshold, stain, tiles, found another name',
    ],
    ['detect', '{"image": "a", "threshold": "0.5"}', 'input.threshold: expected Float!, found a string'],
    ['models', '{"a": 1}', 'input.a: expected no inputs, found another name'],
    ['train', '{}', 'function: expected one of detect, models, found another name'],
    ['Detect', '{}', 'function: expected one of detect, models, found another name'],
    ['__typename', '{}', 'function: expected one of detect, models, found another name'],
    ['constructor', '{}', 'function: expected one of detect, models, found another name'],
    [null, '{"image": "a"}', 'function: expected one of detect, models, found none'],
    [null, 'null', 'function: expected one of detect, models, found none'],
  ];
  test.each(TABLE)('%s of %s', (functionName, input, expected) => {
    expect(message(functionName, json(input))).toBe(expected);
  });

  test('nothing at all counts as no inputs', () => {
    expect([message('models', undefined), message('detect', undefined)]).toEqual([
      null,
      'input.image: expected String!, found nothing',
    ]);
  });

  test('of one function alone the name may be left out', () => {
    const single = compileInputCheck('type Query { f(a: Int!): Int }');
    expect([single.check(null, { a: 1 }), single.check('f', { a: 1 })]).toEqual([null, null]);
    expect(single.check('g', { a: 1 })?.message).toBe('function: expected one of f, found another name');
  });

  test('of an input that is no JSON the function alone is looked at', () => {
    expect(check.checkFunction('detect')).toBeNull();
    expect(check.checkFunction('train')).toEqual({
      path: 'function',
      expected: 'one of detect, models',
      message: 'function: expected one of detect, models, found another name',
    });
  });
});

test.each([
  ['a Query by another name', 'schema { query: Functions } type Functions { f(a: Int!): Int }'],
  ['an extended Query', 'type Query { g: Int } extend type Query { f(a: Int!): Int }'],
])('%s', (_what, sdl) => {
  const check = compileInputCheck(sdl);
  expect(check.check('f', { a: 1 })).toBeNull();
  expect(check.check('f', {})?.message).toBe('input.a: expected Int!, found nothing');
});

describe('names that every object of JavaScript has', () => {
  const check = compileInputCheck(
    'type Query { f(constructor: Int, toString: In): Int } input In { valueOf: Int!, hasOwnProperty: Int }',
  );
  test.each([
    [
      '{"__proto__": {"constructor": 1}}',
      'input.__proto__: expected one of constructor, toString, found another name',
    ],
    [
      '{"toString": {"__proto__": {"valueOf": 1}}}',
      'input.toString.__proto__: expected one of valueOf, hasOwnProperty, found another name',
    ],
    ['{"toString": {}}', 'input.toString.valueOf: expected Int!, found nothing'],
    ['{"constructor": "a"}', 'input.constructor: expected Int, found a string'],
    ['{"constructor": 1, "toString": {"valueOf": 1, "hasOwnProperty": 2}}', null],
    ['{}', null],
  ])('%s', (input, expected) => {
    expect(check.check(null, json(input))?.message ?? null).toBe(expected);
  });
});

describe('what has no bound in JSON', () => {
  const nested = (levels: number): unknown =>
    json(`{"it": ${'{"x":0,"next":'.repeat(levels)}null${'}'.repeat(levels)}}`);
  const lists = (levels: number): unknown => json(`{"it": ${'['.repeat(levels)}${']'.repeat(levels)}}`);
  const tooDeep = {
    path: expect.stringMatching(/^input\.it\.next.{280,300}\.next$/) as unknown,
    expected: 'at most 500 levels',
    message: expect.stringMatching(
      /: expected at most 500 levels, found an input nested too deeply$/,
    ) as unknown,
  };

  test.each([1, 100, MAX_INPUT_DEPTH - 1])('%i levels below the inputs are within the bound', (levels) => {
    expect(faultOf('Tile', nested(levels))).toBeNull();
  });

  test.each([MAX_INPUT_DEPTH, 10_000, 1_000_000])('%i levels are too many', (levels) => {
    expect(faultOf('Tile', nested(levels))).toEqual(tooDeep);
  });

  test('lists are levels too, and what an own scalar takes has none', () => {
    const type = `${'['.repeat(600)}Int${']'.repeat(600)}`;
    expect(faultOf(type, lists(MAX_INPUT_DEPTH - 1))).toBeNull();
    expect(faultOf(type, lists(MAX_INPUT_DEPTH))?.expected).toBe('at most 500 levels');
    expect(faultOf('Anything', lists(1_000_000))).toBeNull();
  });

  test('messages stay short, whatever the names are', () => {
    const name = 'n'.repeat(50_000);
    const many = Array.from({ length: 2_000 }, (_, index) => `${name.slice(0, 70)}${index}: Int`);
    const check = compileInputCheck(`type Query { f(${many.join(' ')}): Int }`);
    const faults = [
      check.check(null, { [`${name}\u0000`]: 1 }),
      check.check(null, { ['\ud83d\ude00'.repeat(5_000)]: 1 }),
      compileInputCheck(`type Query { ${many.join(' ')} }`).check(null, {}),
    ];
    for (const fault of faults) {
      expect(fault?.message.length).toBeLessThan(2_500);
      expect(fault?.message.isWellFormed()).toBe(true);
      expect(fault?.expected).toMatch(/^one of n{64}…, .* and 1980 more$/);
    }
    expect(faults[0]?.path).toBe(`input["${'n'.repeat(64)}…"]`);
  });

  test.each([
    ['a b', 'input["a b"]'],
    ['', 'input[""]'],
    ['a"\n', 'input["a\\"\\n"]'],
    ['1', 'input["1"]'],
    ['\ud800', 'input["\\ud800"]'],
  ])('the name %j in a path', (name, path) => {
    expect(faultOf('Int', { [name]: 1 })?.path).toBe(path);
  });
});

/**
 * The reference is graphql's own `coerceInputValue`, which is as strict but for three things: it takes a single value
 * for a list of one, it reads what an object inherits, and it has no bound of depth. Inputs that differ in the first
 * are told apart here; names that are inherited and depth have tests of their own.
 */
describe('as graphql has it', () => {
  const leaf = fc.constantFrom(
    'Int',
    'Float',
    'String',
    'Boolean',
    'ID',
    'Stain',
    'Anything',
    'Tile',
    'Region',
  );
  const wrapped = fc
    .tuple(leaf, fc.array(fc.constantFrom('!', '[]', '[]!'), { maxLength: 3 }))
    .map(([name, wraps]) => wraps.reduce(wrap, name));
  const input = fc.tuple(wrapped, fc.boolean());

  function wrap(type: string, how: string): string {
    if (how === '!') return type.endsWith('!') ? type : `${type}!`;
    return how === '[]' ? `[${type}]` : `[${type}]!`;
  }

  /** A default of the right shape: only its presence matters. */
  function member([type, hasDefault]: readonly [string, boolean], index: number): string {
    const bare = type.replace(/!$/, '');
    const value = bare.startsWith('[') ? '[]' : bare === 'Int' ? '3' : bare === 'String' ? '"a"' : null;
    return `i${index}: ${type}${hasDefault && value !== null ? ` = ${value}` : ''}`;
  }

  const odd = fc.constantFrom<unknown>(
    null,
    0,
    1.5,
    2 ** 31,
    'HE',
    '',
    true,
    [],
    [null],
    {},
    { x: 1 },
    { name: 'a' },
  );

  /** Mostly what the type takes, and sometimes anything else. */
  function valuesOf(type: GraphQLInputType, depth: number): fc.Arbitrary<unknown> {
    return fc.oneof({ weight: 12, arbitrary: rightOf(type, depth) }, { weight: 1, arbitrary: odd });
  }

  function rightOf(type: GraphQLInputType, depth: number): fc.Arbitrary<unknown> {
    if (isNonNullType(type)) return rightOf(type.ofType, depth);
    if (depth > 4) return fc.constant(null);
    if (isListType(type)) return fc.array(valuesOf(type.ofType, depth + 1), { maxLength: 3 });
    if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name));
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields());
      const all = Object.fromEntries(fields.map((field) => [field.name, valuesOf(field.type, depth + 1)]));
      const whole = fc.record(all, {
        requiredKeys: fields.filter(() => !type.isOneOf).map(({ name }) => name),
      });
      return fc.oneof(fc.record(all, { requiredKeys: [] }), whole, fc.record({ ...all, other: odd }));
    }
    switch (type.name) {
      case 'Int':
        return fc.integer();
      case 'Float':
        return fc.double({ noNaN: true });
      case 'Boolean':
        return fc.boolean();
      default:
        return fc.constantFrom<unknown>('a', 'HE');
    }
  }

  function takenByGraphql(value: unknown, type: GraphQLInputType): boolean {
    let faults = 0;
    coerceInputValue(value, type, () => (faults += 1));
    return faults === 0 && !hasSingleForList(value, type);
  }

  function hasSingleForList(value: unknown, type: GraphQLInputType): boolean {
    if (value === null || value === undefined) return false;
    if (isNonNullType(type)) return hasSingleForList(value, type.ofType);
    if (isListType(type)) {
      return !Array.isArray(value) || value.some((item: unknown) => hasSingleForList(item, type.ofType));
    }
    if (!isInputObjectType(type)) return false;
    const fields = Object.values(type.getFields());
    return fields.some((field) =>
      hasSingleForList((value as Record<string, unknown>)[field.name], field.type),
    );
  }

  test('the same inputs are taken', () => {
    const taken = { yes: 0, no: 0 };
    const cases = fc.array(input, { minLength: 1, maxLength: 4 }).chain((inputs) => {
      const members = inputs.map(member).join(', ');
      const sdl = `type Query { f(${members}): Answer } input Inputs { ${members} } ${TYPES}`;
      const type = buildSchema(sdl).getType('Inputs');
      if (!isInputObjectType(type)) throw new Error('the test made no input type');
      return fc.tuple(fc.constant(sdl), fc.constant(type), rightOf(type, 0));
    });
    fc.assert(
      fc.property(cases, ([sdl, type, value]) => {
        const expected = takenByGraphql(value, type);
        taken[expected ? 'yes' : 'no'] += 1;
        const fault = compileInputCheck(sdl).check(null, value);
        expect([fault?.message, fault === null]).toEqual([
          expected ? undefined : expect.any(String),
          expected,
        ]);
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(taken.yes, taken.no)).toBeGreaterThan(200);
  });
});
