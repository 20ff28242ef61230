import type { Agent, OutgoingHttpHeaders } from 'node:http';

import { type Received, send, type Sent } from '../calls/support/http';

/** An answer over HTTP; `json` is null where its body is none. */
export interface Answer extends Received {
  readonly json: unknown;
}

/** An answer of the graph, as its client reads it. */
export interface GraphAnswer extends Answer {
  readonly data: unknown;
  readonly errors: readonly { readonly code: unknown; readonly message: string; readonly path?: unknown }[];
  /** What is at a path of `data`: `at('algorithm.versions.nodes')`; undefined where there is nothing. */
  at(path: string): unknown;
}

/** What a call may say beside its reference and body. */
export interface CallExtras {
  /** Without its `?`. */
  readonly query?: string;
  /** Over the defaults: JSON for what is no string or Buffer, text, or bytes. */
  readonly headers?: OutgoingHttpHeaders;
}

/** Someone who speaks to a replica by HTTP and GraphQL, and by nothing else. */
export class Client {
  constructor(
    readonly url: string,
    private readonly agent: Agent,
    /** The `Authorization` header is `Simple` and this; null: there is none. */
    readonly key: string | null,
    readonly handle: string | null = null,
  ) {}

  /** The same one at another replica. */
  at({ url }: { readonly url: string }): Client {
    return new Client(url, this.agent, this.key, this.handle);
  }

  async http(path: string, { headers = {}, ...sent }: Sent = {}): Promise<Answer> {
    const authorization = this.key === null ? {} : { Authorization: `Simple ${this.key}` };
    const received = await send(`${this.url}${path}`, {
      agent: this.agent,
      method: 'GET',
      ...sent,
      headers: { ...authorization, ...headers },
    });
    return { ...received, json: parsed(received.text) };
  }

  /** `POST /v1/algo/…`. A string goes out as text, a Buffer as bytes, everything else as JSON. */
  async call(reference: string, body: unknown = null, extras: CallExtras = {}): Promise<Answer> {
    const query = extras.query === undefined ? '' : `?${extras.query}`;
    const raw = typeof body === 'string' || Buffer.isBuffer(body);
    const headers = { 'Content-Type': contentTypeOf(body), ...extras.headers };
    const sent = { method: 'POST', headers, body: raw ? body : JSON.stringify(body) };
    return this.http(`/v1/algo/${reference}${query}`, sent);
  }

  /** `GET /v1/resolve/…` */
  async resolve(reference: string, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    return this.http(`/v1/resolve/${encodeURI(reference)}`, { headers });
  }

  async graphql(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<GraphAnswer> {
    return this.post({ query, variables });
  }

  /** `POST /graphql` with any body. */
  async post(body: unknown, headers: OutgoingHttpHeaders = {}): Promise<GraphAnswer> {
    const answer = await this.http('/graphql', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { ...answer, ...graphParts(answer.json) };
  }

  /** A mutation by its name; gives the code of the refusal, or `OK`. */
  async attempt(mutation: string, input: object): Promise<string> {
    const answer = await this.mutation(mutation, input, '');
    const refusals = answer.at(`${mutation}.userErrors`) as readonly { code: string }[] | undefined;
    return refusals?.[0]?.code ?? (answer.errors.length > 0 ? String(answer.errors[0]?.code) : 'OK');
  }

  /** A mutation that must succeed; gives its payload, of which `selection` is asked for. */
  async mutate(mutation: string, input: object, selection = ''): Promise<unknown> {
    const answer = await this.mutation(mutation, input, selection);
    const refusals = answer.at(`${mutation}.userErrors`);
    if (!Array.isArray(refusals) || refusals.length > 0) throw new Error(`${mutation}: ${answer.text}`);
    return answer.at(mutation);
  }

  /** A mutation, and whatever it is answered with. */
  async mutation(mutation: string, input: object, selection: string): Promise<GraphAnswer> {
    const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!`;
    const fields = `${selection} userErrors { code message field }`;
    return this.graphql(`mutation ($input: ${type}) { ${mutation}(input: $input) { ${fields} } }`, { input });
  }
}

/** What is at a path such as `a.b.0.c`; undefined where there is nothing. */
export function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => {
    return typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined;
  }, value);
}

function graphParts(json: unknown): Pick<GraphAnswer, 'data' | 'errors' | 'at'> {
  const { data = null, errors = [] } = (json ?? {}) as { data?: unknown; errors?: readonly object[] };
  return {
    data,
    errors: errors.map((error) => {
      const { message, path, extensions } = error as { message: string; path?: unknown; extensions?: object };
      const code = valueAt(extensions, 'code');
      return { code, message, ...(path === undefined ? {} : { path }) };
    }),
    at: (path) => valueAt(data, path),
  };
}

function contentTypeOf(body: unknown): string {
  if (Buffer.isBuffer(body)) return 'application/octet-stream';
  return typeof body === 'string' ? 'text/plain' : 'application/json';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
