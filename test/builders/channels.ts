import { type Client, type GraphAnswer, valueAt } from './client';
import type { World } from './world';

/** What a mutation of a channel is answered with: what the channel names now, or why it was refused. */
export interface Moved {
  readonly version: unknown;
  readonly code: string;
  readonly message: string;
  readonly field: unknown;
}

const CHANNEL = 'channel { name computed version { version } }';

/** `moveChannel`. @param expected what it names now; null: nothing */
export async function move(
  client: Client,
  algorithm: string,
  channel: string,
  [expected, to]: readonly [expected: string | null, to: string],
  more: Readonly<Record<string, unknown>> = {},
): Promise<Moved> {
  const input = { algorithm, channel, expected, to, ...more };
  return movedOf('moveChannel', await client.mutation('moveChannel', input, CHANNEL));
}

export async function rollback(client: Client, algorithm: string, channel: string): Promise<Moved> {
  const input = { algorithm, channel, reason: 'a test' };
  return movedOf('rollbackChannel', await client.mutation('rollbackChannel', input, CHANNEL));
}

function movedOf(mutation: string, answer: GraphAnswer): Moved {
  const payload = answer.at(mutation);
  const errors = (valueAt(payload, 'userErrors') ?? answer.errors) as readonly UserError[];
  const [{ code, message, field } = { code: 'OK', message: '' }] = errors;
  return {
    version: valueAt(payload, 'channel.version.version') ?? null,
    code,
    message,
    field: field ?? null,
  };
}

interface UserError {
  readonly code: string;
  readonly message: string;
  readonly field?: readonly string[] | null;
}

/** What the channels of an algorithm name, by their names; a computed one with a star. */
export async function channelsOf(client: Client, ref: string): Promise<Record<string, unknown>> {
  const answer = await client.graphql(
    'query ($ref: String!) { algorithm(ref: $ref) { channels { name computed version { version } } } }',
    { ref },
  );
  const channels = answer.at('algorithm.channels') as readonly {
    name: string;
    computed: boolean;
    version: { version: string } | null;
  }[];
  return Object.fromEntries(
    channels.map(({ name, computed, version }) => [computed ? `${name}*` : name, version?.version ?? null]),
  );
}

/** The version that a reference names, or the code of the refusal. */
export async function namedBy(client: Client, reference: string): Promise<string> {
  const { json } = await client.resolve(reference);
  return String(valueAt(json, 'error.code') ?? valueAt(json, 'canonical')).replace(/^.*\//, '');
}

/** The version that a call of a reference reaches, by the backend's own word, or the code of the refusal. */
export async function servedBy(client: Client, reference: string): Promise<string> {
  const { json } = await client.call(reference, 1);
  return String(valueAt(json, 'error.code') ?? valueAt(json, 'result.served')).replace(/^.*\//, '');
}

/** An algorithm of `acme` that no test has used yet, with these versions, all public. */
export async function algorithmWith(
  world: World,
  name: string,
  versions: readonly string[],
): Promise<string> {
  const ref = `acme/${name}`;
  await world.algorithm(ref);
  for (const version of versions) await world.publish(ref, version);
  return ref;
}
