/**
 * Which room may import which, as the architecture has it (docs/architecture.md, "Import rules"). Data goes one
 * way: edge → auth → slice or call path → domain → store; what points the other way is refused here.
 *
 * A place is a path from the root of the project without its extension: `src/domain/resolve`. The first zone that
 * fits the importing file decides. A zone lists what its files may import, never what they may not, so that a new
 * room is closed until someone opens it.
 */

/** `names` is null where the whole module is taken. */
/** @typedef {{ from: string, to: string, typeOnly: boolean, names: readonly string[] | null }} Import */
/** @typedef {(edge: Import) => boolean} Allows */
/** @typedef {{ files: RegExp, packages: (name: string) => boolean, places: Allows[], rule: string }} Zone */

const DATABASE_PACKAGES = ['typeorm', 'better-sqlite3', 'mysql2'];
const EDGE_PACKAGES = ['type-graphql', 'fastify', '@apollo/server', '@as-integrations/fastify'];

/** The rooms of `src/` in the order of the data's way, the deepest first. A room sees those before it. */
const DEPTH = ['domain', 'database', 'ledger', 'resolution', 'auth', 'receipts', 'calls', 'http'];

/** Rooms that are not in the order: the slices, the gateway, what others join to it, and the files that wire. */
const WIRING = ['main', 'app', 'parts', 'graph-parts', 'subgraph-app', 'own-subgraphs', 'commands'];
const APART = ['subgraphs', 'gateway', 'federation', 'demo', ...WIRING, 'config'];

const anyPackage = () => true;
const onlyPackages =
  (...names) =>
  (name) =>
    names.includes(name);
const packagesBut =
  (...names) =>
  (name) =>
    !names.includes(name);

const roomOf = (place) => /^src\/([^/]+)/.exec(place)?.[1];
const sliceOf = (place) => /^src\/subgraphs\/([^/]+)\//.exec(place)?.[1];
const folderOf = (place) => place.slice(0, place.lastIndexOf('/'));

/** @type {(folder: string) => Allows} */
const inside =
  (folder) =>
  ({ to }) =>
    to === folder || to.startsWith(`${folder}/`);

/** @type {(pattern: RegExp) => Allows} */
const matching =
  (pattern) =>
  ({ to }) =>
    pattern.test(to);

/** @type {(allows: Allows) => Allows} */
const asType = (allows) => (edge) => edge.typeOnly && allows(edge);

/** These names of a module, and no others. @type {(place: string, ...names: string[]) => Allows} */
const only =
  (place, ...names) =>
  (edge) =>
    edge.to === place && edge.names !== null && edge.names.every((name) => names.includes(name));

/** @type {(allows: Allows, but: Allows) => Allows} */
const except = (allows, but) => (edge) => allows(edge) && !but(edge);

/** @type {Allows} */
const anywhere = () => true;

/** @type {Allows} */
const ownRoom = ({ from, to }) => roomOf(from) === roomOf(to);

/** The own room, where it is no collection of slices. @type {Allows} */
const ownPlainRoom = (edge) => ownRoom(edge) && roomOf(edge.from) !== 'subgraphs';

/** @type {Allows} */
const ownSlice = ({ from, to }) => sliceOf(from) !== undefined && sliceOf(to) === sliceOf(from);

/** What the slices share; it is part of none. */
const sharedBySlices = inside('src/subgraphs/shared');

/** @type {Allows} */
const faceOfSlice = matching(/^src\/subgraphs\/[^/]+(\/index)?$/);

/** The parts that `app.ts` hands in, known by the types that their rooms show. @type {Allows} */
const partAsType = asType(({ to }) => DEPTH.includes(/^src\/([^/]+)(\/index)?$/.exec(to)?.[1] ?? ''));

/** `store.ts`, `publish-store.ts`, `store/keys.ts`, the same of loaders, and the records that they give. */
const STORE =
  /^src\/(.+\/)?(store|loaders|records|(store|loaders)[.-][^/]*|[^/]+-(store|loaders|records))(\/[^/]+)?$/;
/** In the slice itself, or in one of its folders: `publishing/publish-service.ts`, `channels/service.ts`. */
const SERVICE = /^src\/subgraphs\/[^/]+\/([^/]+\/)?(services?|service-[^/]*|[^/]+-service)(\/[^/]+)?$/;
/** What GraphQL sees of a slice: `types.ts`, `types-interface.ts`, `channel-types.ts`, the same of inputs and payloads. */
const GRAPH =
  /^src\/subgraphs\/[^/]+\/([^/]+\/)?(resolvers|types|inputs|payloads|(types|inputs|payloads)[.-][^/]*|[^/]+-(types|inputs|payloads))(\/.+)?$/;

/** @type {Allows} */
const ownStore = (edge) =>
  STORE.test(edge.to) && (ownSlice(edge) || folderOf(edge.to) === folderOf(edge.from));

/** The plain values of a slice: neither how it is asked nor what it decides. @type {Allows} */
const ownValues = ({ from, to, ...rest }) =>
  ownSlice({ from, to, ...rest }) &&
  !SERVICE.test(to) &&
  !GRAPH.test(to) &&
  !faceOfSlice({ from, to, ...rest });

/**
 * The files of the domain that know who is calling. Everything else there is resolution, or might be called by it,
 * and may not import them: what a reference names can then not depend on who asks, by no accident.
 */
const CALLER_AWARE =
  /^src\/domain\/(principal|permissions|major-permissions|scopes|release\/approver|(usage|limits)\/[^/]+)$/;

/** @type {Allows} */
const callerAware = matching(CALLER_AWARE);

/**
 * What resolution may know of permissions: the facts that it keeps for the step after it. Never who asks, nor what
 * they may.
 */
const factsOfPermissions = [
  only(
    'src/domain/permissions',
    'MajorPermissions',
    'Grants',
    'GuardedVersion',
    'DEFAULT_PERMISSIONS',
    'NO_GRANTS',
    'permissionsOf',
  ),
  only('src/domain/principal', 'OwnerId'),
];
const RESOLUTION =
  'resolution does not know the caller: src/resolution imports the rooms below it, never the principal, and of permissions the bare facts';

/** Small rooms of helpers that the order does not name. @type {Allows} */
const helperRoom = ({ to }) => {
  const room = roomOf(to);
  return room !== undefined && ![...DEPTH, ...APART].includes(room);
};

/** How to wait; it knows nothing of us. @type {Allows} */
const waiting = matching(/^src\/waiting$/);

/** When to stop asking; it knows nothing of us either. @type {Allows} */
const breaker = matching(/^src\/breaker$/);

/** The rooms that are deeper than the importing one. @type {Allows} */
const deeperRoom = ({ from, to }) => {
  const depth = DEPTH.indexOf(roomOf(to) ?? '');
  return depth >= 0 && depth < DEPTH.indexOf(roomOf(from) ?? '');
};

const configAsType = asType(matching(/^src\/config$/));

/** @type {Allows} */
const entities = inside('entities');

/** @type {Zone[]} */
export const ZONES = [
  {
    files: /^(src\/(main|app|parts|graph-parts|subgraph-app|own-subgraphs|commands\/.+)|ormconfig)$/,
    packages: anyPackage,
    places: [anywhere],
    rule: 'the files that wire may import anything',
  },
  {
    files: /^src\/config$/,
    packages: packagesBut(...DATABASE_PACKAGES, ...EDGE_PACKAGES),
    places: [inside('src/domain'), matching(/^src\/(database\/dialect|calls\/allow-list)$/)],
    rule: 'src/config.ts reads the environment and knows src/domain and how dialects and allow-lists are written alone',
  },
  {
    files: CALLER_AWARE,
    packages: onlyPackages('semver', 'graphql'),
    places: [inside('src/domain')],
    rule: 'src/domain imports semver, graphql and itself alone',
  },
  {
    files: /^src\/domain\//,
    packages: onlyPackages('semver', 'graphql'),
    places: [except(inside('src/domain'), callerAware)],
    rule: 'src/domain imports semver, graphql and itself alone, and resolution does not know the caller: only permissions, usage and limits import the principal or the permissions',
  },
  {
    files: /^src\/(waiting|breaker)$/,
    packages: onlyPackages(),
    places: [],
    rule: 'src/waiting and src/breaker import nothing: every room but the domain may import them',
  },
  {
    files: /^src\/gateway\//,
    packages: packagesBut(...DATABASE_PACKAGES, 'type-graphql'),
    places: [inside('src/gateway'), breaker],
    rule: 'src/gateway knows no marketplace: of src it imports the breaker alone, which knows nothing',
  },
  {
    files: /^src\/federation\//,
    packages: onlyPackages('graphql', 'yaml', 'zod'),
    places: [inside('src/federation'), matching(/^src\/gateway(\/index)?$/), waiting],
    rule: 'src/federation joins the subgraphs of others to ours, and knows ours by their SDL alone: it imports src/gateway and src/waiting',
  },
  {
    files: /^src\/resolution\/store([.-][^/]*)?$/,
    packages: packagesBut(...EDGE_PACKAGES),
    places: [
      entities,
      inside('src/database'),
      ownRoom,
      except(inside('src/domain'), callerAware),
      ...factsOfPermissions,
    ],
    rule: RESOLUTION,
  },
  {
    files: STORE,
    packages: packagesBut(...EDGE_PACKAGES),
    places: [
      entities,
      inside('src/domain'),
      inside('src/database'),
      ownStore,
      ownPlainRoom,
      ownValues,
      sharedBySlices,
    ],
    rule: 'a store or loader imports entities, src/domain, src/database and plain values of its own room alone',
  },
  {
    files: /^src\/database\//,
    packages: packagesBut(...EDGE_PACKAGES),
    places: [ownRoom, deeperRoom, entities, inside('migrations'), configAsType, waiting],
    rule: 'src/database imports entities, migrations, src/domain and src/waiting alone',
  },
  {
    files: /^src\/subgraphs\/shared\//,
    packages: packagesBut(...DATABASE_PACKAGES),
    places: [sharedBySlices, matching(/^src\/(domain|database|ledger|auth)(\/|$)/), helperRoom],
    rule: 'what the slices share knows none of them: it imports src/domain, src/database, src/ledger and src/auth alone',
  },
  {
    files: GRAPH,
    packages: packagesBut(...DATABASE_PACKAGES),
    places: [
      except(ownSlice, matching(STORE)),
      asType(ownStore),
      inside('src/domain'),
      sharedBySlices,
      partAsType,
      asType(matching(/^src\/gateway(\/index)?$/)),
      helperRoom,
    ],
    rule: "resolvers and types import their own slice's service and the domain, never TypeORM, entities or a store",
  },
  {
    files: SERVICE,
    packages: packagesBut(...DATABASE_PACKAGES, ...EDGE_PACKAGES),
    places: [
      except(ownSlice, matching(GRAPH)),
      asType(ownSlice),
      matching(/^src\/(domain|ledger|database|resolution)(\/|$)/),
      matching(/^src\/auth(\/index)?$/),
      sharedBySlices,
      faceOfSlice,
      partAsType,
      helperRoom,
    ],
    rule: "a service imports its own store, src/domain, src/ledger, src/database, src/resolution, src/auth and other slices' index.ts",
  },
  {
    files: /^src\/subgraphs\//,
    packages: packagesBut(...DATABASE_PACKAGES),
    places: [
      ownSlice,
      sharedBySlices,
      faceOfSlice,
      matching(/^src\/(domain|database|ledger|resolution|auth|receipts)(\/|$)/),
      matching(/^src\/gateway(\/index)?$/),
      partAsType,
      helperRoom,
      configAsType,
    ],
    rule: 'a slice imports other slices by their index.ts, and the rooms below it',
  },
  {
    files: /^src\/resolution\//,
    packages: packagesBut(...DATABASE_PACKAGES, ...EDGE_PACKAGES),
    places: [ownRoom, except(deeperRoom, callerAware), ...factsOfPermissions, helperRoom, configAsType],
    rule: RESOLUTION,
  },
  {
    files: /^src\/(ledger|auth|receipts)\//,
    packages: packagesBut(...DATABASE_PACKAGES, ...EDGE_PACKAGES),
    places: [ownRoom, deeperRoom, helperRoom, configAsType],
    rule: 'a room imports the rooms below it; entities and TypeORM only in its store',
  },
  {
    files: /^src\/(calls|http)\//,
    packages: packagesBut(...DATABASE_PACKAGES),
    places: [
      ownRoom,
      deeperRoom,
      faceOfSlice,
      helperRoom,
      configAsType,
      ({ from, to }) => roomOf(from) === 'http' && roomOf(to) === 'gateway',
      asType(({ from, to }) => roomOf(from) === 'http' && /^src\/federation(\/index)?$/.test(to)),
      matching(/^src\/subgraphs\/shared\/context$/),
    ],
    rule: "the edge imports the rooms below it and slices' index.ts; entities and TypeORM only in a store",
  },
  {
    files: /^src\/demo\//,
    packages: packagesBut(...DATABASE_PACKAGES, ...EDGE_PACKAGES),
    places: [ownRoom, matching(/^examples\/backends$/)],
    rule: 'the demo stands outside: it fills a registry through the graph, and knows the example backends alone',
  },
  {
    files: /^src\//,
    packages: packagesBut(...DATABASE_PACKAGES),
    places: [ownRoom, inside('src/domain'), inside('src/database'), helperRoom, configAsType],
    rule: 'a room that the order does not name imports src/domain, src/database and its like alone',
  },
  {
    files: /^entities\//,
    packages: onlyPackages('typeorm'),
    places: [entities, inside('src/domain')],
    rule: 'an entity imports TypeORM, other entities and src/domain alone',
  },
  {
    files: /^migrations\//,
    packages: onlyPackages('typeorm'),
    places: [inside('migrations'), inside('src/database')],
    rule: 'a migration imports TypeORM and src/database alone: it must mean the same for ever',
  },
  {
    files: /^examples\//,
    packages: packagesBut(...DATABASE_PACKAGES, ...EDGE_PACKAGES),
    places: [inside('examples')],
    rule: 'the example backends stand alone: they import nothing of algogate',
  },
];

/** Places where Node's own modules are not allowed either: pure rules do no input or output. */
const PURE = /^src\/domain\//;

/**
 * @param {string} from place of the importing file
 * @param {{ kind: 'place', to: string } | { kind: 'package', name: string } | { kind: 'builtin', name: string }} target
 * @param {{ typeOnly: boolean, names: readonly string[] | null }} taken
 * @returns {string | null} the rule that forbids it
 */
export function forbidden(from, target, taken) {
  const zone = ZONES.find((candidate) => candidate.files.test(from));
  if (zone === undefined) return null;
  if (target.kind === 'builtin') return PURE.test(from) ? zone.rule : null;
  if (target.kind === 'package') return zone.packages(target.name) ? null : zone.rule;
  return zone.places.some((allows) => allows({ from, to: target.to, ...taken })) ? null : zone.rule;
}
