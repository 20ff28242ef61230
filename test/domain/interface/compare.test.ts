import { assertInterface, compareInterfaces } from '../../../src/domain/interface';
import { SEVERITIES } from '../../../src/domain/terms';

/** A document, or what follows `type Query {`; the last brace may be left out. */
type Written = string | null;
/** Each change as `severity code path`, in the order of the report. */
type Row = readonly [before: Written, after: Written, ...changes: readonly string[]];

/** The chapter's table, row by row, each on the side of the inputs and of the outputs. */
const BREAKING: readonly Row[] = [
  // a function is removed
  ['type Query { f: Int g: Int! }', 'type Query { f: Int }', 'BREAKING FIELD_REMOVED Query.g'],
  ['type Query { f: Int g: Int }', 'type Query { g: Int }', 'BREAKING FIELD_REMOVED Query.f'],
  [
    'type Query { f: Int }',
    'type Query { g: Int }',
    'BREAKING FIELD_REMOVED Query.f',
    'SAFE FIELD_ADDED Query.g',
  ],
  // an input, even optional
  ['f(a: Int!, b: Int!): Int', 'f(a: Int!): Int', 'BREAKING ARG_REMOVED Query.f(b:)'],
  ['f(a: Int!, b: Int): Int', 'f(a: Int!): Int', 'BREAKING ARG_REMOVED Query.f(b:)'],
  ['f(a: Int = 3): Int', 'f: Int', 'BREAKING ARG_REMOVED Query.f(a:)'],
  ['f: A } type A { b(c: Int): Int', 'f: A } type A { b: Int', 'BREAKING ARG_REMOVED A.b(c:)'],
  // a type in use
  ['f: A } type A { b: Int }', 'f: Int', 'BREAKING TYPE_REMOVED A', 'BREAKING FIELD_CHANGED_KIND Query.f'],
  [
    'f(a: A): Int } input A { b: Int }',
    'f(a: Int): Int',
    'BREAKING TYPE_REMOVED A',
    'BREAKING ARG_CHANGED_KIND Query.f(a:)',
  ],
  [
    'f: A } type A { b: B c: Int } type B { d: Int',
    'f: A } type A { c: Int',
    'BREAKING TYPE_REMOVED B',
    'SAFE FIELD_REMOVED A.b',
  ],
  [
    'f: A } type A { b: Day c: Int } scalar Day',
    'f: A } type A { c: Int',
    'BREAKING TYPE_REMOVED Day',
    'SAFE FIELD_REMOVED A.b',
  ],
  // an enum value of an input
  ['f(a: E): Int } enum E { X Y', 'f(a: E): Int } enum E { X', 'BREAKING VALUE_REMOVED_FROM_ENUM E.Y'],
  [
    'f(a: I): Int } input I { e: [E!] } enum E { X Y',
    'f(a: I): Int } input I { e: [E!] } enum E { X',
    'BREAKING VALUE_REMOVED_FROM_ENUM E.Y',
  ],
  ['f(a: E): E } enum E { X Y', 'f(a: E): E } enum E { X', 'BREAKING VALUE_REMOVED_FROM_ENUM E.Y'],
  // a field of an input type
  [
    'f(a: I): Int } input I { b: Int! c: Int!',
    'f(a: I): Int } input I { b: Int!',
    'BREAKING FIELD_REMOVED I.c',
  ],
  ['f(a: I): Int } input I { b: Int c: Int', 'f(a: I): Int } input I { b: Int', 'BREAKING FIELD_REMOVED I.c'],
  // a required output field
  ['f: A } type A { b: Int c: Int!', 'f: A } type A { b: Int', 'BREAKING FIELD_REMOVED A.c'],
  ['f: A } interface A { b: Int c: [Int]!', 'f: A } interface A { b: Int', 'BREAKING FIELD_REMOVED A.c'],
  // a union member
  [
    'f: U } union U = A | B type A { x: Int } type B { x: Int',
    'f: U g: B } union U = A type A { x: Int } type B { x: Int',
    'BREAKING TYPE_REMOVED_FROM_UNION U.B',
    'SAFE FIELD_ADDED Query.g',
  ],
  [
    'f: U } union U = A | B type A { x: Int } type B { x: Int',
    'f: U } union U = A type A { x: Int }',
    'BREAKING TYPE_REMOVED B',
    'BREAKING TYPE_REMOVED_FROM_UNION U.B',
  ],
  // a required input or input field without default is added
  ['f: Int', 'f(a: Int!): Int', 'BREAKING REQUIRED_ARG_ADDED Query.f(a:)'],
  ['f(a: Int): Int', 'f(a: Int, b: [Int]!): Int', 'BREAKING REQUIRED_ARG_ADDED Query.f(b:)'],
  [
    'f(a: I): Int } input I { b: Int',
    'f(a: I): Int } input I { b: Int c: Int!',
    'BREAKING REQUIRED_INPUT_FIELD_ADDED I.c',
  ],
  // inputs are reordered
  ['f(a: Int, b: Int): Int', 'f(b: Int, a: Int): Int', 'BREAKING ARGS_REORDERED Query.f'],
  ['f(a: Int, b: Int!, c: Int): Int', 'f(c: Int, b: Int!, a: Int): Int', 'BREAKING ARGS_REORDERED Query.f'],
  [
    'f(a: Int, b: Int, c: Int): Int',
    'f(c: Int, a: Int, d: Int): Int',
    'BREAKING ARGS_REORDERED Query.f',
    'BREAKING ARG_REMOVED Query.f(b:)',
    'SAFE OPTIONAL_ARG_ADDED Query.f(d:)',
  ],
  [
    'f: A } type A { b(c: Int, d: Int): Int',
    'f: A } type A { b(d: Int, c: Int): Int',
    'BREAKING ARGS_REORDERED A.b',
  ],
  // the type of an input changes
  ['f(a: Int): Int', 'f(a: String): Int', 'BREAKING ARG_CHANGED_KIND Query.f(a:)'],
  ['f(a: Int = 1): Int', 'f(a: String = "1"): Int', 'BREAKING ARG_CHANGED_KIND Query.f(a:)'],
  ['f(a: Float): Int', 'f(a: Int): Int', 'BREAKING ARG_CHANGED_KIND Query.f(a:)'],
  ['f(a: Int): Int', 'f(a: ID): Int', 'BREAKING ARG_CHANGED_KIND Query.f(a:)'],
  ['f(a: Int): Int', 'f(a: [Int]): Int', 'BREAKING ARG_CHANGED_KIND Query.f(a:)'],
  ['f(a: [Int]): Int', 'f(a: Float): Int', 'BREAKING ARG_CHANGED_KIND Query.f(a:)'],
  ['f(a: Int): Int', 'f(a: Float!): Int', 'BREAKING ARG_CHANGED_KIND Query.f(a:)'],
  [
    'f(a: I): Int } input I { b: Int',
    'f(a: I): Int } input I { b: Boolean',
    'BREAKING FIELD_CHANGED_KIND I.b',
  ],
  // the type of an output changes
  ['f: Int', 'f: String', 'BREAKING FIELD_CHANGED_KIND Query.f'],
  ['f: Int', 'f: Float', 'BREAKING FIELD_CHANGED_KIND Query.f'],
  ['f: Float', 'f: Int', 'BREAKING FIELD_CHANGED_KIND Query.f'],
  ['f: Int', 'f: [Int]', 'BREAKING FIELD_CHANGED_KIND Query.f'],
  ['f: A } type A { b: Int', 'f: A } type A { b: Boolean', 'BREAKING FIELD_CHANGED_KIND A.b'],
  [
    'f: N g: A } interface N { x: Int } type A implements N { x: Int }',
    'f: A g: A } interface N { x: Int } type A implements N { x: Int }',
    'BREAKING FIELD_CHANGED_KIND Query.f',
  ],
  // an output becomes nullable
  ['f: Int!', 'f: Int', 'BREAKING FIELD_CHANGED_KIND Query.f'],
  ['f: [Int!]', 'f: [Int]', 'BREAKING FIELD_CHANGED_KIND Query.f'],
  ['f: A } type A { b: [Int!]!', 'f: A } type A { b: [Int!]', 'BREAKING FIELD_CHANGED_KIND A.b'],
  // an input becomes required; with a default too, since null was fine and no longer is
  ['f(a: Int): Int', 'f(a: Int!): Int', 'BREAKING ARG_CHANGED_KIND Query.f(a:)'],
  ['f(a: Int): Int', 'f(a: Int! = 3): Int', 'BREAKING ARG_CHANGED_KIND Query.f(a:)'],
  ['f(a: [Int]): Int', 'f(a: [Int!]): Int', 'BREAKING ARG_CHANGED_KIND Query.f(a:)'],
  ['f(a: I): Int } input I { b: Int', 'f(a: I): Int } input I { b: Int!', 'BREAKING FIELD_CHANGED_KIND I.b'],
  // or by losing its default
  ['f(a: Int! = 3): Int', 'f(a: Int!): Int', 'BREAKING INPUT_BECAME_REQUIRED Query.f(a:)'],
  [
    'f(a: I): Int } input I { b: Int! = 3',
    'f(a: I): Int } input I { b: Int!',
    'BREAKING INPUT_BECAME_REQUIRED I.b',
  ],
  [
    'f(a: Int! = 3): Int',
    'f(a: Float!): Int',
    'BREAKING INPUT_BECAME_REQUIRED Query.f(a:)',
    'DANGEROUS INPUT_WIDENED Query.f(a:)',
  ],
];

const DANGEROUS: readonly Row[] = [
  // a numeric input widens
  ['f(a: Int): Int', 'f(a: Float): Int', 'DANGEROUS INPUT_WIDENED Query.f(a:)'],
  ['f(a: [Int!]!): Int', 'f(a: [Float!]!): Int', 'DANGEROUS INPUT_WIDENED Query.f(a:)'],
  ['f(a: [[Int]!]): Int', 'f(a: [[Float]]): Int', 'DANGEROUS INPUT_WIDENED Query.f(a:)'],
  ['f(a: Int = 3): Int', 'f(a: Float = 3.0): Int', 'DANGEROUS INPUT_WIDENED Query.f(a:)'],
  ['f(a: I): Int } input I { b: Int!', 'f(a: I): Int } input I { b: Float!', 'DANGEROUS INPUT_WIDENED I.b'],
  [
    'f(a: Int!): Int',
    'f(a: Float): Int',
    'DANGEROUS INPUT_WIDENED Query.f(a:)',
    'SAFE INPUT_BECAME_OPTIONAL Query.f(a:)',
  ],
  // a default changes, comes or goes
  ['f(a: Int = 3): Int', 'f(a: Int = 4): Int', 'DANGEROUS ARG_DEFAULT_VALUE_CHANGE Query.f(a:)'],
  ['f(a: Int): Int', 'f(a: Int = 4): Int', 'DANGEROUS ARG_DEFAULT_VALUE_CHANGE Query.f(a:)'],
  ['f(a: Int = 3): Int', 'f(a: Int): Int', 'DANGEROUS ARG_DEFAULT_VALUE_CHANGE Query.f(a:)'],
  ['f(a: Int = 3): Int', 'f(a: Int = null): Int', 'DANGEROUS ARG_DEFAULT_VALUE_CHANGE Query.f(a:)'],
  [
    'f(a: I): Int } input I { b: Int = 3',
    'f(a: I): Int } input I { b: Int = 4',
    'DANGEROUS INPUT_FIELD_DEFAULT_VALUE_CHANGE I.b',
  ],
  [
    'f(a: I): Int } input I { b: E = X } enum E { X Y',
    'f(a: I): Int } input I { b: E = Y } enum E { X Y',
    'DANGEROUS INPUT_FIELD_DEFAULT_VALUE_CHANGE I.b',
  ],
  [
    'f(a: [Int] = [1, 2]): Int',
    'f(a: [Int] = [2, 1]): Int',
    'DANGEROUS ARG_DEFAULT_VALUE_CHANGE Query.f(a:)',
  ],
  [
    'f(a: I = {b: 1}): Int } input I { b: Int',
    'f(a: I = {b: 2}): Int } input I { b: Int',
    'DANGEROUS ARG_DEFAULT_VALUE_CHANGE Query.f(a:)',
  ],
  [
    'f(a: Int! = 3): Int',
    'f(a: Int = 4): Int',
    'DANGEROUS ARG_DEFAULT_VALUE_CHANGE Query.f(a:)',
    'SAFE INPUT_BECAME_NULLABLE Query.f(a:)',
  ],
  [
    'f(a: Long = 9007199254740993): Int } scalar Long',
    'f(a: Long = 9007199254740992): Int } scalar Long',
    'DANGEROUS ARG_DEFAULT_VALUE_CHANGE Query.f(a:)',
  ],
  [
    'f(a: J = {b: [1]}): Int } scalar J',
    'f(a: J = {b: [2]}): Int } scalar J',
    'DANGEROUS ARG_DEFAULT_VALUE_CHANGE Query.f(a:)',
  ],
  ['f(a: Float = 1e999): Int', 'f(a: Float = 1): Int', 'DANGEROUS ARG_DEFAULT_VALUE_CHANGE Query.f(a:)'],
  // an output's union member or enum value is added, or the value removed
  [
    'f: U } union U = A type A { x: Int',
    'f: U } union U = A | B type A { x: Int } type B { x: Int',
    'DANGEROUS TYPE_ADDED_TO_UNION U.B',
    'SAFE TYPE_ADDED B',
  ],
  ['f: E } enum E { X', 'f: E } enum E { X Y', 'DANGEROUS VALUE_ADDED_TO_ENUM E.Y'],
  ['f: E } enum E { X Y', 'f: E } enum E { X', 'DANGEROUS VALUE_REMOVED_FROM_ENUM E.Y'],
  [
    'f: A } type A { e: [E!]! } enum E { X Y',
    'f: A } type A { e: [E!]! } enum E { Y',
    'DANGEROUS VALUE_REMOVED_FROM_ENUM E.X',
  ],
  ['f(a: E): E } enum E { X', 'f(a: E): E } enum E { X Y', 'DANGEROUS VALUE_ADDED_TO_ENUM E.Y'],
  // callers by position are moved by what comes between
  [
    'f(a: Int, b: Int): Int',
    'f(a: Int, c: Int, b: Int): Int',
    'DANGEROUS ARGS_SHIFTED Query.f',
    'SAFE OPTIONAL_ARG_ADDED Query.f(c:)',
  ],
];

const SAFE: readonly Row[] = [
  // an optional input is added
  ['f: Int', 'f(a: Int): Int', 'SAFE OPTIONAL_ARG_ADDED Query.f(a:)'],
  ['f(a: Int!): Int', 'f(a: Int!, b: Int! = 3): Int', 'SAFE OPTIONAL_ARG_ADDED Query.f(b:)'],
  [
    'f(a: I): Int } input I { b: Int',
    'f(a: I): Int } input I { c: Int b: Int',
    'SAFE OPTIONAL_INPUT_FIELD_ADDED I.c',
  ],
  [
    'f(a: I): Int } input I { b: Int',
    'f(a: I): Int } input I { b: Int c: Int! = 1',
    'SAFE OPTIONAL_INPUT_FIELD_ADDED I.c',
  ],
  ['f(a: E): Int } enum E { X', 'f(a: E): Int } enum E { X Y', 'SAFE VALUE_ADDED_TO_ENUM E.Y'],
  [
    'f(a: I = {}): Int } input I { b: Int',
    'f(a: I = {}): Int } input I { b: Int c: Int = 1',
    'SAFE OPTIONAL_INPUT_FIELD_ADDED I.c',
  ],
  // a function, a type, an output field
  ['f: Int', 'f: Int g(a: Int!): Int', 'SAFE FIELD_ADDED Query.g'],
  ['f: Int', 'f: Int g: A } type A { b: Int', 'SAFE TYPE_ADDED A', 'SAFE FIELD_ADDED Query.g'],
  ['f: A } type A { b: Int', 'f: A } type A { b: Int c: Int!', 'SAFE FIELD_ADDED A.c'],
  ['f: N } interface N { b: Int', 'f: N } interface N { b: Int c: Int', 'SAFE FIELD_ADDED N.c'],
  // an optional output field is removed
  ['f: A } type A { b: Int c: Int', 'f: A } type A { b: Int', 'SAFE FIELD_REMOVED A.c'],
  ['f: A } type A { b: Int c: [Int!]', 'f: A } type A { b: Int', 'SAFE FIELD_REMOVED A.c'],
  ['f: N } interface N { b: Int c: Int', 'f: N } interface N { b: Int', 'SAFE FIELD_REMOVED N.c'],
  [
    'f: A } type A { b: B c: Int } type B { d: Int',
    'f: A } type A { c: Int } type B { e: Int!',
    'SAFE FIELD_REMOVED A.b',
  ],
  // an input becomes optional
  ['f(a: Int!): Int', 'f(a: Int): Int', 'SAFE INPUT_BECAME_OPTIONAL Query.f(a:)'],
  ['f(a: Int!): Int', 'f(a: Int! = 3): Int', 'SAFE INPUT_BECAME_OPTIONAL Query.f(a:)'],
  ['f(a: Int!): Int', 'f(a: Int = 3): Int', 'SAFE INPUT_BECAME_OPTIONAL Query.f(a:)'],
  ['f(a: I): Int } input I { b: Int!', 'f(a: I): Int } input I { b: Int', 'SAFE INPUT_BECAME_OPTIONAL I.b'],
  ['f(a: Int! = 3): Int', 'f(a: Int = 3): Int', 'SAFE INPUT_BECAME_NULLABLE Query.f(a:)'],
  ['f(a: [Int!]): Int', 'f(a: [Int]): Int', 'SAFE INPUT_BECAME_NULLABLE Query.f(a:)'],
  // an output becomes non-null
  ['f: Int', 'f: Int!', 'SAFE OUTPUT_BECAME_NON_NULL Query.f'],
  ['f: A } type A { b: [Int]', 'f: A } type A { b: [Int!]!', 'SAFE OUTPUT_BECAME_NON_NULL A.b'],
];

/** What the table does not list: graphql's own severity, else SAFE. */
const UNLISTED: readonly Row[] = [
  ['f: A } type A { b: Int', 'f: A } interface A { b: Int', 'BREAKING TYPE_CHANGED_KIND A'],
  ['f: A } type A { b: Int', 'f: A } interface A { b: Int c: Int', 'BREAKING TYPE_CHANGED_KIND A'],
  ['f(a: A): Int } scalar A', 'f(a: A): Int } enum A { X', 'BREAKING TYPE_CHANGED_KIND A'],
  [
    'f: A } union A = B type B { x: Int',
    'f: A } type A { y: Int }',
    'BREAKING TYPE_CHANGED_KIND A',
    'BREAKING TYPE_REMOVED B',
  ],
  [
    'f: N g: A } interface N { x: Int } type A implements N { x: Int',
    'f: N g: A } interface N { x: Int } type A { x: Int',
    'BREAKING IMPLEMENTED_INTERFACE_REMOVED A',
  ],
  [
    'f: N } interface N { x: Int } type A implements N { x: Int',
    'f: N } interface N { x: Int } type A { x: Int',
    'BREAKING IMPLEMENTED_INTERFACE_REMOVED A',
  ],
  [
    'f: N } interface N { x: Int } type A implements N { x: Int',
    'f: N } interface N { x: Int',
    'BREAKING TYPE_REMOVED A',
  ],
  [
    'f: N g: A } interface N { x: Int } type A { x: Int',
    'f: N g: A } interface N { x: Int } type A implements N { x: Int',
    'DANGEROUS IMPLEMENTED_INTERFACE_ADDED A',
  ],
  [
    'f: N } interface N { x: Int } type A { x: Int',
    'f: N } interface N { x: Int } type A implements N { x: Int',
    'DANGEROUS IMPLEMENTED_INTERFACE_ADDED A',
  ],
  [
    'f: N } interface N { x: Int',
    'f: N } interface N { x: Int } type A implements N { x: Int',
    'DANGEROUS IMPLEMENTED_INTERFACE_ADDED A',
    'SAFE TYPE_ADDED A',
  ],
  [
    'f(a: I): Int } input I { b: Int',
    'f(a: I): Int } input I @oneOf { b: Int',
    'BREAKING INPUT_BECAME_ONE_OF I',
  ],
  ['f(a: I): Int } input I @oneOf { b: Int', 'f(a: I): Int } input I { b: Int', 'SAFE INPUT_CEASED_ONE_OF I'],
  ['f: Int', 'f: Int @deprecated', 'SAFE DEPRECATION_ADDED Query.f'],
  ['f(a: Int): Int', 'f(a: Int @deprecated(reason: "no more")): Int', 'SAFE DEPRECATION_ADDED Query.f(a:)'],
  [
    'f(a: I): Int } input I { b: Int @deprecated',
    'f(a: I): Int } input I { b: Int',
    'SAFE DEPRECATION_REMOVED I.b',
  ],
  ['f: E } enum E { X Y', 'f: E } enum E { X Y @deprecated', 'SAFE DEPRECATION_ADDED E.Y'],
  [
    'f: S } scalar S',
    'f: S } scalar S @specifiedBy(url: "https://a.test")',
    'SAFE APPLIED_DIRECTIVES_CHANGED S',
  ],
  [
    'f: Int @cost(of: 1) } directive @cost(of: Int) on FIELD_DEFINITION enum E { X',
    'f: Int @cost(of: 2) } directive @cost(of: Int) on FIELD_DEFINITION enum E { X',
    'SAFE APPLIED_DIRECTIVES_CHANGED Query.f',
  ],
  ['f: Int } directive @a on FIELD enum E { X', 'f: Int', 'BREAKING DIRECTIVE_REMOVED @a'],
  ['f: Int', 'f: Int } directive @a on FIELD enum E { X', 'SAFE DIRECTIVE_ADDED @a'],
  [
    'f: Int } directive @a(b: Int) on FIELD enum E { X',
    'f: Int } directive @a on FIELD enum E { X',
    'BREAKING DIRECTIVE_ARG_REMOVED @a(b:)',
  ],
  [
    'f: Int } directive @a on FIELD enum E { X',
    'f: Int } directive @a(b: Int!) on FIELD enum E { X',
    'BREAKING REQUIRED_DIRECTIVE_ARG_ADDED @a(b:)',
  ],
  [
    'f: Int } directive @a on FIELD enum E { X',
    'f: Int } directive @a(b: Int! = 1) on FIELD enum E { X',
    'SAFE DIRECTIVE_CHANGED @a',
  ],
  [
    'f: Int } directive @a on FIELD enum E { X',
    'f: Int } directive @a repeatable on FIELD | QUERY enum E { X',
    'SAFE DIRECTIVE_CHANGED @a',
  ],
  [
    'f: Int } directive @a repeatable on FIELD enum E { X',
    'f: Int } directive @a on FIELD enum E { X',
    'BREAKING DIRECTIVE_REPEATABLE_REMOVED @a',
  ],
  [
    'f: Int } directive @a on FIELD | QUERY enum E { X',
    'f: Int } directive @a on QUERY enum E { X',
    'BREAKING DIRECTIVE_LOCATION_REMOVED @a',
  ],
];

/** A build without an interface is one without functions. */
const WITHOUT: readonly Row[] = [
  [null, null],
  [null, 'f: A } type A { b: Int', 'SAFE TYPE_ADDED A', 'SAFE FIELD_ADDED Query.f'],
  ['f: A } type A { b: Int', null, 'BREAKING TYPE_REMOVED A', 'BREAKING FIELD_REMOVED Query.f'],
];

/** What callers do not notice. */
const NONE: readonly Row[] = [
  ['f: Int', 'f: Int'],
  ['f: Int', '"One." f: Int'],
  ['"One." f(a: Int): Int', '"Two." f("Three." a: Int): Int'],
  ['f: Int g: Int', 'g: Int f: Int'],
  ['f: A } type A { b: Int c: Int } scalar S', 'f: A } scalar S type A { c: Int b: Int'],
  ['f(a: I): Int } input I { b: Int c: Int', 'f(a: I): Int } input I { c: Int b: Int'],
  ['f(a: E): E } enum E { X Y', 'f(a: E): E } enum E { Y X'],
  [
    'f: U } union U = A | B type A { x: Int } type B { x: Int',
    'f: U } type B { x: Int } type A { x: Int } union U = B | A',
  ],
  // out of reach
  ['f: Int } type A { b: Int', 'f: Int'],
  ['f: Int', 'f: Int } input A { b: Int } enum B { X } scalar C'],
  ['f: Int } type A { b: B } type B { c: Int!', 'f: Int } type A { b: [B] } interface B { d: Int!'],
  ['f: Int } type A { b: Float', 'f: Int } union A = B type B { c: ID'],
  [
    'f: Int } interface N { x: Int } type A implements N { x: Int',
    'f: Int } interface N { x: Int y: Int } type A { z: Int',
  ],
  [
    'f: A } interface N { x: Int } type A implements N { x: Int } type B implements N { x: Int',
    'f: A } interface N { x: Int } type A implements N { x: Int } type B { y: Int',
  ],
  [
    'type Query { f: Int } type Mutation { g: Int }',
    'type Query { f: Int } type Mutation { h(a: Int!): Int }',
  ],
  ['type Query { f: Int } type Subscription { g: Int }', 'type Query { f: Int }'],
  // written otherwise
  ['type Query { f: Int g: Int }', 'type Query { f: Int } extend type Query { g: Int }'],
  ['type Query { f: Int }', 'schema { query: Functions } type Functions { f: Int }'],
  ['type Query { f: Query }', 'schema { query: Functions } type Functions { f: Functions }'],
  [
    'schema { query: Functions } type Functions { f(a: Query = {}): Int } input Query { b: Int = 1 }',
    'schema { query: Functions } input Query { b: Int = 1 } type Functions { f(a: Query = {b: 1}): Int }',
  ],
  ['f(a: Float = 1): Int', 'f(a: Float = 1.0): Int'],
  ['f(a: String = "b"): Int', 'f(a: String = """b"""): Int'],
  ['f(a: ID = 1): Int', 'f(a: ID = "1"): Int'],
  ['f(a: [Int] = 1): Int', 'f(a: [Int] = [1]): Int'],
  [
    'f(a: I = {b: 1, c: 2}): Int } input I { b: Int c: Int',
    'f(a: I = {c: 2, b: 1}): Int } input I { b: Int c: Int',
  ],
  ['f(a: J = {b: 1, c: "d"}): Int } scalar J', 'f(a: J = {c: """d""", b: 1}): Int } scalar J'],
  ['f: Int @deprecated(reason: "one")', 'f: Int @deprecated(reason: "two")'],
  [
    'f: Int @a @b(c: 1, d: 2) } directive @a on FIELD_DEFINITION directive @b(c: Int, d: Int) on FIELD_DEFINITION | OBJECT scalar S',
    'f: Int @b(d: 2, c: 1) @a } directive @b("C." d: Int, c: Int) on OBJECT | FIELD_DEFINITION directive @a on FIELD_DEFINITION scalar S',
  ],
  [
    'f(constructor: Int): toString } type toString { hasOwnProperty: Int',
    'f(constructor: Int): toString } type toString { hasOwnProperty: Int } scalar valueOf',
  ],
];

function documentOf(written: Written): string | null {
  if (written === null || /^(schema|type Query)/.test(written)) return written;
  const text = `type Query { ${written}`;
  return text.split('{').length > text.split('}').length ? `${text} }` : text;
}

function compared([before, after]: Row, major: number) {
  const documents = [before, after].map(documentOf);
  for (const sdl of documents) if (sdl !== null) assertInterface(sdl);
  const { severity, requiredBump, changes } = compareInterfaces(documents[0]!, documents[1]!, major);
  return {
    severity,
    requiredBump,
    changes: changes.map((change) => `${change.severity} ${change.code} ${change.path}`),
  };
}

const TABLES = {
  breaking: BREAKING,
  dangerous: DANGEROUS,
  safe: SAFE,
  unlisted: UNLISTED,
  'without an interface': WITHOUT,
  'no change': NONE,
};

describe.each(Object.entries(TABLES))('%s', (_name, rows) => {
  test.each(rows.map((row) => [row[0], row[1], row] as const))('%s => %s', (_before, _after, row) => {
    const [, , ...changes] = row;
    const severity = SEVERITIES.find((each) => changes.some((change) => change.startsWith(each))) ?? 'SAFE';
    const smallest = { BREAKING: 'MAJOR', DANGEROUS: 'MINOR', SAFE: 'MINOR' }[severity];
    const requiredBump = changes.length === 0 ? 'REVISION' : smallest;
    expect(compared(row, 1)).toEqual({ severity, requiredBump, changes });
    expect(compared(row, 0)).toEqual({
      severity,
      requiredBump: severity === 'BREAKING' ? 'MINOR' : 'REVISION',
      changes,
    });
  });
});

test.each([
  ['breaking', BREAKING, 'BREAKING', 'MAJOR'],
  ['dangerous', DANGEROUS, 'DANGEROUS', 'MINOR'],
  ['safe', SAFE, 'SAFE', 'MINOR'],
  ['no change', NONE, 'SAFE', 'REVISION'],
] as const)(
  'every row of the table "%s" is what the table is called',
  (_name, rows, severity, requiredBump) => {
    for (const row of rows) expect(compared(row, 7)).toMatchObject({ severity, requiredBump });
  },
);

test('a change says what was and what is', () => {
  const before = `type Query { detect(image: String!, threshold: Float! = 0.5, size: Int = 3, a: Int, b: Int): Box! }
    type Box { width: Int color: Color! note: String } enum Color { RED GREEN }`;
  const after = `type Query { detect(image: String!, threshold: Float!, size: Int = 4, b: Int, a: Int): Box }
    type Box { width: Int! color: Color! } enum Color { RED }`;
  expect(compareInterfaces(before, after, 1)).toEqual({
    severity: 'BREAKING',
    requiredBump: 'MAJOR',
    changes: [
      {
        severity: 'BREAKING',
        code: 'ARGS_REORDERED',
        path: 'Query.detect',
        message: 'The args of Query.detect were reordered.',
      },
      {
        severity: 'BREAKING',
        code: 'FIELD_CHANGED_KIND',
        path: 'Query.detect',
        message: 'Query.detect changed type from Box! to Box.',
      },
      {
        severity: 'BREAKING',
        code: 'INPUT_BECAME_REQUIRED',
        path: 'Query.detect(threshold:)',
        message: 'Query.detect(threshold:) became required, since its default 0.5 was removed.',
      },
      {
        severity: 'DANGEROUS',
        code: 'VALUE_REMOVED_FROM_ENUM',
        path: 'Color.GREEN',
        message: 'GREEN was removed from enum type Color.',
      },
      {
        severity: 'DANGEROUS',
        code: 'ARG_DEFAULT_VALUE_CHANGE',
        path: 'Query.detect(size:)',
        message: 'The default of Query.detect(size:) changed from 3 to 4.',
      },
      { severity: 'SAFE', code: 'FIELD_REMOVED', path: 'Box.note', message: 'Box.note was removed.' },
      {
        severity: 'SAFE',
        code: 'OUTPUT_BECAME_NON_NULL',
        path: 'Box.width',
        message: 'Box.width is null in fewer places: its type changed from Int to Int!.',
      },
    ],
  });
});
