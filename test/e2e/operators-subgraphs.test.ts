import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';

import { DATABASES } from '../builders/databases';
import type { Client } from '../builders/client';
import { Reviews } from '../builders/reviews';
import { expectSoon } from '../builders/soon';
import { World } from '../builders/world';

/**
 * Chapter 5, "Operators add subgraphs": a subgraph of somebody else joins, dies, comes back, hangs and breaks, each
 * while many clients ask. Whatever befalls it costs its own fields and nothing else.
 */

const CLIENTS = 50;
/** Of one client, while something befalls the subgraph. */
const MOST_QUERIES = 5000;
const TIMEOUT_MS = 5000;
/** A graph is composed while the clients ask, on a machine that may be busy with more. */
const AT_MOST_MS = 15_000;

const OURS = '{ algorithm(ref: "acme/detect") { ref description } }';
const JOINED =
  '{ algorithm(ref: "acme/detect") { ref description reviews { id text algorithm { description } } } }';

const DETECT = { ref: 'acme/detect', description: 'finds things' };
const REVIEWS = [{ id: 'acme/detect#1', text: 'of acme/detect', algorithm: { description: 'finds things' } }];

/** What a client may be answered, and nothing else: by the whole answer. */
const ANSWERS: Readonly<Record<string, object>> = {
  ours: { data: { algorithm: DETECT } },
  whole: { data: { algorithm: { ...DETECT, reviews: REVIEWS } } },
  partial: {
    errors: [
      {
        message: 'The subgraph "reviews" did not answer.',
        path: ['algorithm'],
        extensions: { code: 'UNAVAILABLE', subgraph: 'reviews' },
      },
    ],
    data: { algorithm: { ...DETECT, reviews: null } },
  },
  unknown: {
    errors: [
      {
        message: 'Cannot query field "reviews" on type "Algorithm".',
        locations: [{ line: 1, column: 51 }],
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      },
    ],
  },
};
const KINDS = new Map(Object.entries(ANSWERS).map(([kind, answer]) => [canonical(answer), kind]));

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

describe.each(DATABASES)('subgraphs of operators on %s', (_name, create) => {
  let folder: string;
  let file: string;
  let reviews: Reviews;
  let world: World;
  let ada: Client;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'algogate-subgraphs-'));
    file = join(folder, 'subgraphs.yaml');
    writeFileSync(file, 'subgraphs: []\n');
    reviews = await Reviews.start();
    world = await World.start(create, { ALGOGATE_SUBGRAPHS: file });
    ada = await world.user('ada');
    await world.organization('acme', { admin: 'ada' });
    await world.operator.mutate('createAlgorithm', {
      owner: 'acme',
      name: 'detect',
      description: 'finds things',
    });
    await world.publish('acme/detect', '1.0.0');
  });

  afterAll(async () => {
    await world.stop();
    await reviews.kill();
    rmSync(folder, { recursive: true });
  });

  async function ask(query: string): Promise<string> {
    const { json } = await ada.graphql(query);
    return KINDS.get(canonical(json)) ?? `wrong: ${JSON.stringify(json)}`;
  }

  /** Lets the clients ask while `happening` lasts, and gives every kind of answer that any of them got. */
  async function whileAsked(happening: () => Promise<void>): Promise<string[]> {
    const kinds = new Set<string>();
    let over = false;
    const clients = Array.from({ length: CLIENTS }, async (_, number) => {
      for (let asked = 0; !over && asked < MOST_QUERIES; asked += 1) {
        kinds.add(await ask((asked + number) % 4 === 0 ? OURS : JOINED));
      }
    });
    try {
      await happening();
    } finally {
      over = true;
      await Promise.all(clients);
    }
    return [...kinds].sort();
  }

  /** The file, as an operator saves it. */
  function save(more = ''): void {
    writeFileSync(
      file,
      `pollSeconds: 1
subgraphs:
  - name: reviews
    url: ${reviews.url}
    propagateHeaders: [Accept-Language]
    timeoutMs: ${TIMEOUT_MS}
    retries: 1
${more}`,
    );
  }

  const becomes = (kind: string): Promise<void> => expectSoon(() => ask(JOINED), kind, AT_MOST_MS);

  test('it joins when the file names it', async () => {
    expect(await ask(JOINED)).toBe('unknown');
    const kinds = await whileAsked(async () => {
      save();
      await becomes('whole');
    });
    expect(kinds).toEqual(['ours', 'unknown', 'whole']);
  });

  test('killed, it costs its own fields; started again, they are back', async () => {
    const killed = await whileAsked(async () => {
      await becomes('whole');
      await reviews.kill();
      await becomes('partial');
      await world.server.app.reloadSubgraphs();
      await becomes('partial');
    });
    expect(killed).toEqual(['ours', 'partial', 'whole']);
    const restarted = await whileAsked(async () => {
      await reviews.restart();
      // a breaker that is open tries again within two seconds
      await expectSoon(
        async () => [await ask(JOINED), await ask(JOINED)].includes('whole'),
        true,
        AT_MOST_MS,
      );
    });
    expect(restarted.filter((kind) => kind !== 'partial')).toEqual(['ours', 'whole']);
    await becomes('whole');
  });

  test('slow, it is waited for as long as its deadline; quick again, it answers', async () => {
    const kinds = await whileAsked(async () => {
      await becomes('whole');
      await reviews.hold();
      await becomes('partial');
      await reviews.release();
      await becomes('whole');
    });
    expect(kinds).toEqual(['ours', 'partial', 'whole']);
  });

  test('an SDL of it that does not compose, or would take what is ours, is refused: the graph goes on', async () => {
    const kinds = await whileAsked(async () => {
      await becomes('whole');
      for (const sdl of [
        'type Algorithm @key(fields: "ref") { ref: Int! reviews: Int }',
        'type Mutation { createUser(input: String): String }',
        'type Algorithm @key(fields: "ref") { ref: String! reviews: Int',
      ]) {
        await reviews.tell(sdl);
        await world.server.app.reloadSubgraphs();
      }
      await reviews.tell('type Query { another: Int }');
      await world.server.app.reloadSubgraphs();
      await becomes('unknown');
      await reviews.tell();
      await world.server.app.reloadSubgraphs();
      await becomes('whole');
    });
    expect(kinds).toEqual(['ours', 'unknown', 'whole']);
  });

  test('a file that is broken is refused: the graph goes on, and follows the file when it is mended', async () => {
    const kinds = await whileAsked(async () => {
      await becomes('whole');
      save('  - name: broken\n');
      await world.server.app.reloadSubgraphs();
      save('  - name: away\n    url: http://127.0.0.1:9/graphql\n');
      await world.server.app.reloadSubgraphs();
      save();
      await world.server.app.reloadSubgraphs();
    });
    expect(kinds).toEqual(['ours', 'whole']);
  });

  test('it is told the request, the trace, the headers that the operator names, who asks, and no credential', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';
    const answer = await ada.post(
      { query: '{ reviewsHeaders }' },
      { 'Accept-Language': 'de', Cookie: 'a=b', 'X-Api-Key': 'k', 'X-Other': 'o', traceparent },
    );
    const told = (answer.at('reviewsHeaders') as string[]).sort();
    const token = told.find((header) => header.startsWith('authorization: Bearer '))?.split(' ')[2] ?? '';
    const keys = (await ada.http('/.well-known/jwks.json')).json as JSONWebKeySet;
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), { audience: 'reviews' });
    expect(payload).toMatchObject({ iss: 'algogate', sub: 'user:ada', principal: { kind: 'user' } });
    expect(told).toEqual([
      'accept-encoding: identity',
      'accept-language: de',
      'accept: application/graphql-response+json, application/json;q=0.9',
      `authorization: Bearer ${token}`,
      'connection: keep-alive',
      expect.stringMatching(/^content-length: \d+$/),
      'content-type: application/json',
      `host: 127.0.0.1:${reviews.port}`,
      `traceparent: ${traceparent}`,
      expect.stringMatching(/^x-request-id: [0-9a-f-]{20,}$/),
    ]);
  });

  test('its own errors reach the caller, and a mutation of it runs once', async () => {
    const failing = await ada.graphql('{ algorithm(ref: "acme/detect") { ref failing } }');
    expect(failing.json).toEqual({
      errors: [
        {
          message: 'Unexpected error.',
          path: ['algorithm', 'failing'],
          extensions: { code: 'INTERNAL_SERVER_ERROR', subgraph: 'reviews' },
        },
      ],
      data: { algorithm: { ref: 'acme/detect', failing: null } },
    });
    const added = await ada.graphql(
      'mutation { addReview(algorithm: "acme/detect", text: "good") { id algorithm { description } } }',
    );
    expect(added.json).toEqual({
      data: { addReview: { id: 'acme/detect#1', algorithm: { description: 'finds things' } } },
    });
  });

  test('it may name what does not exist for the caller, which is no fault of ours', async () => {
    const eve = await world.user('eve');
    await world.operator.mutate('createAlgorithm', { owner: 'acme', name: 'hidden' });
    const named = async (ref: string): Promise<unknown> =>
      (
        await eve.graphql(
          `mutation { addReview(algorithm: "${ref}", text: "") { text algorithm { ref name } } }`,
        )
      ).json;
    for (const ref of ['acme/hidden', 'acme/missing']) {
      expect(await named(ref)).toEqual({
        errors: [
          {
            message: 'Cannot return null for non-nullable field Algorithm.name.',
            path: ['addReview', 'algorithm', 'name'],
            extensions: { code: 'NOT_FOUND' },
          },
        ],
        data: { addReview: { text: `of ${ref}`, algorithm: null } },
      });
    }
  });

  test('taken out of the file, its fields are gone', async () => {
    const kinds = await whileAsked(async () => {
      await becomes('whole');
      writeFileSync(file, 'subgraphs: []\n');
      await becomes('unknown');
    });
    expect(kinds).toEqual(['ours', 'unknown', 'whole']);
  });
});
