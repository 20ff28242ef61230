import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';

import { type Client, valueAt } from './client';

/** What a receipt says, as anyone reads it. */
export interface Opened {
  readonly header: Readonly<Record<string, unknown>>;
  readonly statement: Readonly<Record<string, unknown>>;
}

/** Checks a receipt as anyone does: by the published keys and a JOSE library, and nothing of ours. */
export async function opened(receipt: unknown, client: Client): Promise<Opened> {
  const { json } = await client.http('/.well-known/jwks.json');
  const keys = createLocalJWKSet(json as JSONWebKeySet);
  const { payload, protectedHeader } = await compactVerify(String(receipt), keys, { algorithms: ['EdDSA'] });
  return {
    header: { ...protectedHeader },
    statement: JSON.parse(new TextDecoder().decode(payload)) as Opened['statement'],
  };
}

/** What it says, but for when. */
export async function statementOf(receipt: unknown, client: Client): Promise<Opened['statement']> {
  const { time: _time, ...statement } = (await opened(receipt, client)).statement;
  return statement;
}

/** The receipt of a resolution, which must be given. @param more of the query, without its `&` */
export async function receiptOf(client: Client, reference: string, more = ''): Promise<string> {
  const query = more === '' ? '?receipt=true' : `?receipt=true&${more}`;
  const answer = await client.http(`/v1/resolve/${encodeURI(reference)}${query}`);
  const receipt = valueAt(answer.json, 'receipt');
  if (typeof receipt !== 'string') throw new Error(`no receipt of ${reference}: ${answer.text}`);
  return receipt;
}
