import type { Input, Model, Output } from './models';

/** A change of a model, and what a report has to say of it. */
export interface Mutated {
  readonly model: Model;
  readonly code: string;
  readonly path: string;
}

/** @param pick any number, which of the possible places to take; null where the model has none */
export type Mutation = (model: Model, pick: number) => Mutated | null;

interface Place<T> {
  readonly item: T;
  readonly path: string;
  /** The model with something else, or with nothing, at this place. */
  readonly replace: (...items: readonly T[]) => Model;
}

function splice<T>(items: readonly T[], at: number, put: readonly T[]): readonly T[] {
  return items.toSpliced(at, 1, ...put);
}

function functionPlaces(model: Model): readonly Place<Output>[] {
  return model.functions.map((item, at) => ({
    item,
    path: `Query.${item.name}`,
    replace: (...put) => ({ ...model, functions: splice(model.functions, at, put) }),
  }));
}

function objectFieldPlaces(model: Model): readonly Place<Output>[] {
  return model.objects.flatMap((fields, type) =>
    fields.map((item, at) => ({
      item,
      path: `O${type}.${item.name}`,
      replace: (...put: readonly Output[]) => ({
        ...model,
        objects: splice(model.objects, type, [splice(fields, at, put)]),
      }),
    })),
  );
}

function inputFieldPlaces(model: Model): readonly Place<Input>[] {
  return model.inputs.flatMap((fields, type) =>
    fields.map((item, at) => ({
      item,
      path: `I${type}.${item.name}`,
      replace: (...put: readonly Input[]) => ({
        ...model,
        inputs: splice(model.inputs, type, [splice(fields, at, put)]),
      }),
    })),
  );
}

const outputPlaces = (model: Model) => [...functionPlaces(model), ...objectFieldPlaces(model)];

function argPlaces(model: Model): readonly Place<Input>[] {
  return outputPlaces(model).flatMap(({ item, path, replace }) =>
    item.args.map((arg, at) => ({
      item: arg,
      path: `${path}(${arg.name}:)`,
      replace: (...put: readonly Input[]) => replace({ ...item, args: splice(item.args, at, put) }),
    })),
  );
}

const anyInputPlaces = (model: Model) => [...argPlaces(model), ...inputFieldPlaces(model)];

/** A mutation that takes one of the places that fit. */
function at<T>(
  code: string | ((place: { readonly path: string }) => string),
  places: (model: Model) => readonly Place<T>[],
  change: (place: Place<T>) => { readonly model: Model; readonly path?: string },
): Mutation {
  return (model, pick) => {
    const all = places(model);
    const place = all[pick % all.length];
    if (place === undefined) return null;
    const { model: changed, path = place.path } = change(place);
    return { model: changed, code: typeof code === 'string' ? code : code(place), path };
  };
}

const where =
  <T>(places: (model: Model) => readonly Place<T>[], fits: (item: T) => boolean) =>
  (model: Model) =>
    places(model).filter(({ item }) => fits(item));

const retyped = (places: (model: Model) => readonly Place<Input>[], to: (type: string) => string | null) => ({
  places: where(places, ({ type }) => to(type) !== null),
  change: ({ item, replace }: Place<Input>) => ({
    model: replace({ name: item.name, type: to(item.type) ?? item.type }),
  }),
});

const isRequired = ({ type }: { readonly type: string }) => type.endsWith('!');
const several = (model: Model, size: (model: Model) => readonly (readonly unknown[])[]) =>
  size(model).flatMap((items, index) => (items.length > 1 ? [index] : []));
const changedKind = ({ path }: { readonly path: string }) =>
  path.includes('(') ? 'ARG_CHANGED_KIND' : 'FIELD_CHANGED_KIND';

const otherInput = retyped(anyInputPlaces, () => '[[[Boolean!]]]');
const requiredInput = retyped(anyInputPlaces, (type) => (type.endsWith('!') ? null : `${type}!`));
const optionalInput = retyped(
  where(anyInputPlaces, (input) => input.default === undefined),
  (type) => (type.endsWith('!') ? type.slice(0, -1) : null),
);

export const BREAKING: Readonly<Record<string, Mutation>> = {
  'remove a function': at('FIELD_REMOVED', functionPlaces, ({ replace }) => ({ model: replace() })),
  'remove an arg': at('ARG_REMOVED', argPlaces, ({ replace }) => ({ model: replace() })),
  'remove an input field': (model, pick) => {
    const types = several(model, ({ inputs }) => inputs);
    const fits = inputFieldPlaces(model).filter(({ path }) =>
      types.some((type) => path.startsWith(`I${type}.`)),
    );
    return at(
      'FIELD_REMOVED',
      () => fits,
      ({ replace }) => ({ model: replace() }),
    )(model, pick);
  },
  'remove a required output field': (model, pick) => {
    const types = several(model, ({ objects }) => objects);
    const fits = objectFieldPlaces(model).filter(
      ({ item, path }) => isRequired(item) && types.some((type) => path.startsWith(`O${type}.`)),
    );
    return at(
      'FIELD_REMOVED',
      () => fits,
      ({ replace }) => ({ model: replace() }),
    )(model, pick);
  },
  'remove an enum value': ({ enums, ...model }, pick) => {
    const values = enums[pick % enums.length];
    if (values === undefined) return null;
    const type = enums.indexOf(values);
    return {
      model: { ...model, enums: splice(enums, type, [values.slice(1)]) },
      code: 'VALUE_REMOVED_FROM_ENUM',
      path: `E${type}.${values[0]}`,
    };
  },
  'remove a union member': ({ unions, ...model }, pick) => {
    const members = unions[pick % unions.length];
    if (members === undefined) return null;
    const type = unions.indexOf(members);
    return {
      model: { ...model, unions: splice(unions, type, [members.slice(1)]) },
      code: 'TYPE_REMOVED_FROM_UNION',
      path: `U${type}.O${members[0]}`,
    };
  },
  'add a required arg': at('REQUIRED_ARG_ADDED', outputPlaces, ({ item, path, replace }) => ({
    model: replace({ ...item, args: [...item.args, { name: 'z', type: 'Int!' }] }),
    path: `${path}(z:)`,
  })),
  'add a required input field': at(
    'REQUIRED_INPUT_FIELD_ADDED',
    inputFieldPlaces,
    ({ item, path, replace }) => ({
      model: replace(item, { name: 'z', type: '[Int]!' }),
      path: `${path.split('.')[0]}.z`,
    }),
  ),
  'reorder args': at(
    'ARGS_REORDERED',
    where(outputPlaces, ({ args }) => args.length > 1),
    ({ item, replace }) => ({ model: replace({ ...item, args: item.args.toReversed() }) }),
  ),
  'change the type of an input': at(changedKind, otherInput.places, otherInput.change),
  'make an input required': at(changedKind, requiredInput.places, requiredInput.change),
  'take the default of an input': at(
    'INPUT_BECAME_REQUIRED',
    where(anyInputPlaces, (input) => isRequired(input) && input.default !== undefined),
    ({ item: { name, type }, replace }) => ({ model: replace({ name, type }) }),
  ),
  'change the type of an output': at('FIELD_CHANGED_KIND', outputPlaces, ({ item, replace }) => ({
    model: replace({ ...item, type: `[[[${item.type}]]]` }),
  })),
  'make an output nullable': at(
    'FIELD_CHANGED_KIND',
    where(outputPlaces, isRequired),
    ({ item, replace }) => ({
      model: replace({ ...item, type: item.type.slice(0, -1) }),
    }),
  ),
};

export const DANGEROUS: Readonly<Record<string, Mutation>> = {
  'widen an input': at(
    'INPUT_WIDENED',
    where(anyInputPlaces, ({ type }) => type.includes('Int')),
    ({ item, replace }) => ({ model: replace({ ...item, type: item.type.replace('Int', 'Float') }) }),
  ),
  'change a default': at(
    ({ path }) => (path.includes('(') ? 'ARG_DEFAULT_VALUE_CHANGE' : 'INPUT_FIELD_DEFAULT_VALUE_CHANGE'),
    where(anyInputPlaces, ({ type }) => !type.endsWith('!')),
    ({ item, replace }: Place<Input>) => ({
      model: replace({
        name: item.name,
        type: item.type,
        ...(item.default === undefined ? { default: 'null' } : {}),
      }),
    }),
  ),
  'add an enum value': ({ enums, ...model }, pick) => {
    const values = enums[pick % enums.length];
    if (values === undefined) return null;
    const type = enums.indexOf(values);
    return {
      model: { ...model, enums: splice(enums, type, [[...values, 'NEW']]) },
      code: 'VALUE_ADDED_TO_ENUM',
      path: `E${type}.NEW`,
    };
  },
  'add an arg before others': at(
    'ARGS_SHIFTED',
    where(outputPlaces, ({ args }) => args.length > 0),
    ({ item, replace }) => ({
      model: replace({ ...item, args: [{ name: 'z', type: 'Int' }, ...item.args] }),
    }),
  ),
};

export const SAFE: Readonly<Record<string, Mutation>> = {
  'add a function': (model) => ({
    model: { ...model, functions: [...model.functions, { name: 'z', type: 'Int', args: [] }] },
    code: 'FIELD_ADDED',
    path: 'Query.z',
  }),
  'add an optional arg': at('OPTIONAL_ARG_ADDED', outputPlaces, ({ item, path, replace }) => ({
    model: replace({ ...item, args: [...item.args, { name: 'z', type: 'Int!', default: '1' }] }),
    path: `${path}(z:)`,
  })),
  'add an optional input field': at(
    'OPTIONAL_INPUT_FIELD_ADDED',
    inputFieldPlaces,
    ({ item, path, replace }) => ({
      model: replace(item, { name: 'z', type: 'Int' }),
      path: `${path.split('.')[0]}.z`,
    }),
  ),
  'add an output field': at('FIELD_ADDED', objectFieldPlaces, ({ item, path, replace }) => ({
    model: replace(item, { name: 'z', type: 'Int', args: [] }),
    path: `${path.split('.')[0]}.z`,
  })),
  'add a type': (model) => ({
    model: {
      ...model,
      objects: [...model.objects, [{ name: 'a', type: 'Int', args: [] }]],
    },
    code: 'TYPE_ADDED',
    path: `O${model.objects.length}`,
  }),
  'remove an optional output field': (model, pick) => {
    const types = several(model, ({ objects }) => objects);
    const fits = objectFieldPlaces(model).filter(
      ({ item, path }) => !isRequired(item) && types.some((type) => path.startsWith(`O${type}.`)),
    );
    return at(
      'FIELD_REMOVED',
      () => fits,
      ({ replace }) => ({ model: replace() }),
    )(model, pick);
  },
  'make an input optional': at('INPUT_BECAME_OPTIONAL', optionalInput.places, optionalInput.change),
  'make an output non-null': at(
    'OUTPUT_BECAME_NON_NULL',
    where(outputPlaces, (output) => !isRequired(output)),
    ({ item, replace }) => ({ model: replace({ ...item, type: `${item.type}!` }) }),
  ),
};
