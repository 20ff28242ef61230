import { Agent, type IncomingMessage, request } from 'node:http';
import { once } from 'node:events';
import { connect } from 'node:net';

import { parse } from 'csv-parse/sync';

import { csvLine } from '../../src/http/csv';
import { type CallSpec, putCalls, repeatCalls } from '../builders/calls';
import type { Client } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { expectSoon } from '../builders/soon';
import type { World } from '../builders/world';
import { collect } from '../calls/support/http';

/** Chapter 6: records of calls export as CSV or NDJSON, streamed. */

type Line = Readonly<Record<string, unknown>>;

const DAY_MS = 86_400_000;
/** All of the calls that tests put into the table. */
const BEGIN = Date.now() - 2 * DAY_MS;
const rangeOf = (from = BEGIN - DAY_MS, to = Date.now() + DAY_MS) =>
  `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;

const ndjson = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
const csv = (text: string): Line[] =>
  parse(text, { columns: true, record_delimiter: '\r\n', relax_column_count: false });

describe('a line of CSV', () => {
  test.each([
    [['a', 1, null, '']],
    [['a,b', 'say "a"', 'two\r\nlines', ' and\none ']],
    [['"', '""', ',', '\n']],
  ])('%j is read back as it was', (cells) => {
    expect(parse(csvLine(cells), { record_delimiter: '\r\n' })).toEqual([
      cells.map((cell) => String(cell ?? '')),
    ]);
  });

  test.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', "'\r=1"],
    ['=HYPERLINK("a,b")', `'=HYPERLINK("a,b")`],
    ['a=1', 'a=1'],
    ['1-2', '1-2'],
  ])('a spreadsheet runs nothing of %j', (cell, expected) => {
    expect(parse(csvLine([cell, 'next']), { record_delimiter: '\r\n' })).toEqual([[expected, 'next']]);
  });

  test('numbers stay numbers, and the line ends as RFC 4180 has it', () => {
    expect(csvLine([-1, 2.5, 'a'])).toBe('-1,2.5,a\r\n');
  });
});

describeOnEachServer('exports of calls', (world) => {
  const clients: Record<string, Client> = {};
  const asks = (who: string, query: string, headers = {}) =>
    clients[who]!.http(`/v1/calls?${query}`, { headers });

  beforeAll(async () => {
    for (const name of ['ann', 'otto', 'nan', 'gil']) clients[name] = await world().user(name);
    await world().organization('acme', { admin: 'ann' });
    await world().organization('guild', { admin: 'gil' });
    for (const name of ['detect', 'hidden', 'idle']) await world().algorithm(`acme/${name}`);
    await world().publish('acme/detect', '1.0.0+exp.1');
    await world().publish('acme/detect', '1.1.0');
    clients['guild'] = await world().key('guild');
    clients['calls'] = await world().key('otto', { scopes: ['call'] });
    clients['operator'] = world().operator;
    clients['anonymous'] = world().anonymous;
    const call = (spec: Partial<CallSpec> & Pick<CallSpec, 'requestId' | 'startedAt'>) => ({
      algorithm: 'acme/detect',
      version: '1.0.0+exp.1',
      ...spec,
    });
    await putCalls(world(), [
      call({
        requestId: 'b',
        startedAt: BEGIN,
        caller: 'otto',
        withKey: true,
        reference: 'algo://acme/detect',
      }),
      call({
        requestId: 'a',
        startedAt: BEGIN,
        caller: 'guild',
        withKey: true,
        artifacts: 'net@2,words@1.5',
      }),
      call({ requestId: 'c', startedAt: BEGIN + 1, outcome: 'TIMEOUT', version: '1.1.0' }),
      {
        algorithm: 'acme/hidden',
        requestId: 'd',
        startedAt: BEGIN + 2,
        caller: 'otto',
        position: 'acme@3+4',
      },
    ]);
  });

  const line = (requestId: string, startedAt: number, more: Line): Line => ({
    requestId,
    startedAt: new Date(startedAt).toISOString(),
    durationMs: 12.5,
    backendMs: 10,
    reference: 'acme/detect',
    selector: 'LATEST',
    version: 'acme/detect/1.0.0+exp.1',
    sha: 'ab'.repeat(20),
    position: 'acme@1',
    outcome: 'OK',
    bytesIn: 3,
    bytesOut: 5,
    artifacts: [],
    caller: null,
    callerPseudonym: null,
    keyPrefix: null,
    ...more,
  });
  const PSEUDONYM = expect.stringMatching(/^[\w-]{22}$/) as string;
  const asProvider = {
    a: line('a', BEGIN, { artifacts: ['net@2', 'words@1.5'], caller: 'guild', callerPseudonym: PSEUDONYM }),
    b: line('b', BEGIN, { reference: 'algo://acme/detect', callerPseudonym: PSEUDONYM }),
    c: line('c', BEGIN + 1, {
      version: 'acme/detect/1.1.0',
      outcome: 'TIMEOUT',
      callerPseudonym: 'operator',
    }),
    d: line('d', BEGIN + 2, {
      reference: 'acme/hidden',
      selector: 'SHA',
      version: null,
      position: 'acme@3+4',
      callerPseudonym: PSEUDONYM,
    }),
  };
  const asOtto = () => {
    const own = { caller: 'otto', callerPseudonym: null };
    return [
      { ...asProvider.b, ...own, keyPrefix: clients['otto']!.key!.slice(0, 12) },
      { ...asProvider.d, ...own, position: null },
    ];
  };

  test('have the calls of an owner, an algorithm, a version, or of whoever asks, oldest first', async () => {
    const { a, b, c, d } = asProvider;
    const expected: [who: string, query: string, lines: Line[]][] = [
      ['ann', 'owner=acme', [a, b, c, d]],
      ['operator', 'owner=acme&as=provider', [a, b, c, d]],
      ['ann', 'algorithm=acme/detect', [a, b, c]],
      ['ann', 'algorithm=acme/idle', []],
      ['ann', 'version=acme/detect/1.0.0%2Bexp.1', [a, b]],
      ['ann', 'version=acme/detect/1.1.0', [c]],
      ['otto', 'owner=acme', asOtto()],
      ['otto', 'owner=otto&as=consumer', asOtto()],
      ['otto', '', asOtto()],
      ['otto', 'version=acme/detect/1.0.0%2Bexp.1', asOtto().slice(0, 1)],
      ['nan', '', []],
      ['nan', 'algorithm=acme/detect', []],
    ];
    for (const [who, query, lines] of expected) {
      const { status, text } = await asks(who, `${query}&${rangeOf()}`);
      expect([who, query, status, ndjson(text)]).toEqual([who, query, 200, lines]);
    }
  });

  test('keep to a half-open range', async () => {
    const ids = async (from: number, to: number) =>
      ndjson((await asks('ann', `owner=acme&${rangeOf(from, to)}`)).text).map(({ requestId }) => requestId);
    expect(await ids(BEGIN, BEGIN + 2)).toEqual(['a', 'b', 'c']);
    expect(await ids(BEGIN + 1, BEGIN + 1)).toEqual([]);
    expect(await ids(BEGIN + 2, BEGIN + 3)).toEqual(['d']);
  });

  test('are CSV with the same in it, for whoever asks for that', async () => {
    const { text } = await asks('otto', `${rangeOf()}&format=csv`);
    expect(text.split('\r\n')[0]).toBe(Object.keys(asProvider.a).join(','));
    expect(csv(text)).toEqual(
      asOtto().map((one) =>
        Object.fromEntries(Object.entries(one).map(([name, value]) => [name, String(value ?? '')])),
      ),
    );
    expect(csv((await asks('ann', `algorithm=acme/idle&${rangeOf()}&format=csv`)).text)).toEqual([]);
    const [guild] = csv((await asks('gil', `owner=guild&as=consumer&${rangeOf()}&format=csv`)).text);
    expect(guild).toMatchObject({ requestId: 'a', artifacts: 'net@2,words@1.5', caller: 'guild' });
  });

  const NDJSON = 'application/x-ndjson; charset=utf-8';
  const CSV = 'text/csv; charset=utf-8; header=present';
  test.each([
    ['', undefined, NDJSON],
    ['', '*/*', NDJSON],
    ['', 'text/csv', CSV],
    ['', 'text/*', CSV],
    ['', 'application/x-ndjson, text/csv;q=0.5', NDJSON],
    ['', 'text/html, */*;q=0.8', NDJSON],
    ['&format=csv', 'application/x-ndjson', CSV],
    ['&format=ndjson', 'image/png', NDJSON],
    ['', 'image/png', 'INVALID_INPUT'],
    ['', 'text/csv;q=0', 'INVALID_INPUT'],
    ['&format=xml', undefined, 'INVALID_INPUT'],
  ])('%j with Accept: %s is %s', async (format, accept, expected) => {
    const { headers, json } = await asks(
      'ann',
      `${rangeOf()}${format}`,
      accept === undefined ? {} : { accept },
    );
    const code = (json as { error?: { code: string } } | null)?.error?.code;
    expect(code ?? headers['content-type']).toBe(expected);
  });

  test('are downloads under a safe name, and kept by nobody', async () => {
    const nameOf = async (who: string, query: string) => {
      const { headers } = await asks(who, `${query}&${rangeOf()}`);
      expect([headers['cache-control'], headers['x-content-type-options']]).toEqual([
        'private, no-store',
        'nosniff',
      ]);
      return headers['content-disposition'];
    };
    expect(await nameOf('ann', 'owner=acme')).toBe('attachment; filename="calls-acme-provider.ndjson"');
    expect(await nameOf('ann', 'owner=acme&as=provider&format=csv')).toBe(
      'attachment; filename="calls-acme-provider.csv"',
    );
    expect(await nameOf('ann', 'version=acme/detect/1.0.0%2Bexp.1')).toBe(
      'attachment; filename="calls-acme-detect-1.0.0-exp.1.ndjson"',
    );
    expect(await nameOf('ann', '')).toBe('attachment; filename="calls-mine.ndjson"');
  });

  test.each([
    ['', 'from'],
    ['from=2026-01-01T00:00:00Z', 'to'],
    ['from=yesterday&to=2026-01-01T00:00:00Z', 'from'],
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'to'],
    ['from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:01Z', 'kept for'],
    [`${rangeOf()}&from=2026-01-01T00:00:00Z`, 'more than once'],
    [`${rangeOf()}&algoritm=acme/detect`, 'none of the parameters'],
    [`${rangeOf()}&as=consumer`, 'as goes with owner'],
    [`${rangeOf()}&owner=acme&as=both`, 'as is'],
    [`${rangeOf()}&owner=acme&algorithm=acme/detect`, 'at most one'],
  ])('%j is no export', async (query, message) => {
    const { status, json } = await asks('ann', query);
    expect([status, json]).toEqual([
      400,
      { error: { code: 'INVALID_INPUT', message: expect.stringContaining(message) } },
    ]);
  });

  test('a month of 31 days is one file, though calls are kept for 30', async () => {
    const { status, text } = await asks('ann', 'from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z');
    expect([status, text]).toEqual([200, '']);
  });

  test('what is hidden, what is missing and what is not for the viewer are refused alike', async () => {
    const asked = [
      ['nan', 'owner=acme&as=consumer'],
      ['nan', 'owner=nobody'],
      ['nan', 'owner=-'],
      ['nan', 'algorithm=acme/hidden'],
      ['nan', 'algorithm=acme/nothing'],
      ['nan', 'algorithm=acme'],
      ['nan', 'version=acme/detect/9.9.9'],
      ['calls', ''],
      ['calls', 'owner=acme'],
    ] as const;
    const answers = [];
    // one after the other: there is a limit to how many one caller has under way
    for (const [who, query] of asked) answers.push(await asks(who, `${query}&${rangeOf()}`));
    const refusal = { code: 'NOT_FOUND', message: 'there are no such calls for this credential to read' };
    expect(answers.map(({ status, json }) => [status, json])).toEqual(
      answers.map(() => [404, { error: refusal }]),
    );
  });

  test('nothing is said to the anonymous, nor to those whose credential is none, whatever they ask', async () => {
    const bad = world().as('agk_none');
    for (const client of [world().anonymous, bad]) {
      for (const query of [`owner=acme&${rangeOf()}`, `owner=nobody&${rangeOf()}`, 'nonsense']) {
        const { status, json } = await client.http(`/v1/calls?${query}`);
        expect([status, json]).toMatchObject([401, { error: { code: 'UNAUTHENTICATED' } }]);
      }
    }
  });
});

describeOnEachServer('exports of many calls', (world) => {
  const TOTAL = 50_000;
  /** Of a thousand calls each; the last one finds nothing more. */
  const READS = TOTAL / 1000 + 1;
  const query = `/v1/calls?algorithm=acme/busy&${rangeOf()}`;
  const few = `/v1/calls?algorithm=acme/busy&${rangeOf(BEGIN, BEGIN + 1)}`;
  let ann: Client;

  beforeAll(async () => {
    ann = await world().user('ann');
    await world().user('otto');
    await world().organization('acme', { admin: 'ann' });
    await world().algorithm('acme/busy');
    await world().publish('acme/busy', '1.0.0');
    const calls = Array.from({ length: 1000 }, (_, n) => ({
      algorithm: 'acme/busy',
      version: '1.0.0',
      caller: 'otto',
      startedAt: BEGIN + (n % 100),
      requestId: `call-${n}`,
      reference: `acme/busy/${'1'.repeat(300)}`,
    }));
    await putCalls(world(), calls);
    await repeatCalls(world(), 'acme/busy', { times: TOTAL / 1000 - 1, ms: 100 });
  });

  /** One that begins later and is read to its end: by then an earlier one could have been, too. */
  async function another(): Promise<void> {
    expect(ndjson((await ann.http(query)).text)).toHaveLength(TOTAL);
  }

  test('have all that is stored, each call once, a bounded number of them read at a time', async () => {
    const reads = await readsOf(world(), async () => {
      const { text } = await ann.http(query);
      const stored = await world().server.app.database.reads.query<{ id: string }[]>(
        'SELECT request_id AS id FROM calls ORDER BY started_at, request_id',
      );
      expect(ndjson(text).map(({ requestId }) => requestId)).toEqual(stored.map(({ id }) => id));
      expect(stored).toHaveLength(TOTAL);
    });
    // the last finds nothing more; what the test reads itself is not among them
    expect(reads).toEqual([...Array.from({ length: TOTAL / 1000 }, () => 1000), 0]);
  });

  test('do not say beforehand how long they are', async () => {
    const { headers } = await ann.http(few);
    expect([headers['transfer-encoding'], headers['content-length']]).toEqual(['chunked', undefined]);
  });

  test('of a slow client are read as slowly, and come whole', async () => {
    const reads = await readsOf(world(), async (sofar) => {
      const answer = await open(ann, query);
      await another();
      expect(sofar().length).toBeLessThan(2 * READS - 1);
      const whole = await collect(answer);
      expect(ndjson(whole.toString())).toHaveLength(TOTAL);
    });
    expect(reads).toHaveLength(2 * READS);
  });

  test('end where the client is gone', async () => {
    const reads = await readsOf(world(), async () => {
      const answer = await open(ann, query);
      answer.destroy();
      await another();
    });
    expect(reads.length).toBeLessThan(2 * READS - 1);
  });

  test('that cannot go on are cut off, so that nobody takes them for whole', async () => {
    const { reads } = world().server.app.database;
    const answer = await open(ann, query);
    await reads.query('ALTER TABLE calls RENAME TO hidden_calls');
    try {
      await expect(collect(answer)).rejects.toThrow('aborted');
    } finally {
      await reads.query('ALTER TABLE hidden_calls RENAME TO calls');
    }
    expect(ndjson((await ann.http(few)).text)).toHaveLength(10);
  });

  test('end with the right to them', async () => {
    const zoe = await world().user('zoe');
    await world().operator.mutate('setMember', { organization: 'acme', user: 'zoe', role: 'MEMBER' });
    await expectSoon(async () => ndjson((await zoe.http(few)).text).length, 10);
    const answer = await open(zoe, query);
    await world().operator.mutate('removeMember', { organization: 'acme', user: 'zoe' });
    await expectSoon(async () => (await zoe.http(few)).text, '');
    await expect(collect(answer)).rejects.toThrow('aborted');
  });

  test('of one principal are few at once, and their places are given back', async () => {
    const others = [await world().key('ann'), ann];
    const answers = await Promise.all(Array.from({ length: 4 }, (_, n) => open(others[n % 2]!, query)));
    const refused = await ann.http(few);
    expect([refused.status, refused.headers['retry-after'], refused.json]).toEqual([
      429,
      '1',
      { error: { code: 'RATE_LIMITED', message: 'at most 4 exports of one caller may be under way' } },
    ]);
    expect((await world().operator.http(few)).status).toBe(200);
    answers[0]!.destroy();
    await expectSoon(async () => (await ann.http(few)).status, 200);
    for (const answer of answers) answer.destroy();
    // what is refused takes no place
    for (let n = 0; n < 8; n += 1)
      expect((await ann.http(`/v1/calls?owner=nobody&${rangeOf()}`)).status).toBe(404);
    const again = await Promise.all(Array.from({ length: 4 }, () => ann.http(`/v1/calls?${rangeOf()}`)));
    expect(again.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  test('that wait behind another on one connection end with it, and their places are given back', async () => {
    const { hostname, port } = new URL(ann.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    const one = `GET ${query} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Simple ${ann.key}\r\n\r\n`;
    socket.write(one.repeat(4));
    await once(socket, 'data');
    await expectSoon(async () => (await ann.http(few)).status, 429);
    socket.destroy();
    await expectSoon(async () => {
      const answers = await Promise.all(Array.from({ length: 4 }, () => ann.http(few)));
      return answers.map(({ status }) => status);
    }, [200, 200, 200, 200]);
  });
});

/** How many calls each statement of an export read, in order, while `work` ran. */
async function readsOf(
  { server }: World,
  work: (sofar: () => readonly number[]) => Promise<unknown>,
): Promise<readonly number[]> {
  const { reads } = server.app.database;
  const counts: number[] = [];
  const query = reads.query.bind(reads);
  const spy = jest.spyOn(reads, 'query').mockImplementation(async (...asked: Parameters<typeof query>) => {
    const rows = await query(...asked);
    if (asked[0].includes('AS run') && Array.isArray(rows)) counts.push(rows.length);
    return rows;
  });
  try {
    await work(() => counts);
  } finally {
    spy.mockRestore();
  }
  return counts;
}

/** An answer of which nothing is read yet. */
function open(client: Client, path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Simple ${client.key}` };
    const outgoing = request(`${client.url}${path}`, { headers, agent: new Agent() }, resolve);
    outgoing.on('error', reject);
    outgoing.end();
  });
}
