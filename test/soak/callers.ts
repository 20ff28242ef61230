import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

import { valueAt } from '../builders/client';
import { type Received, send } from '../calls/support/http';
import { CALL_KINDS, type CallKind, type Secrets } from './marketplace';
import { oneOf, randomNumbers } from './random';
import type { Replica } from './replica';

const LONGEST_BODY = 200;
const AFTER_REFUSAL_MS = 20;

/** What the clients of a soak have been through. */
export class Books {
  /** Request ids of answered calls: the whole answer arrived, and it was no refusal. */
  readonly answered = new Set<string>();
  /** Calls that were under way when the server was killed: what became of them, their callers do not know. */
  cut = 0;
  /** Calls that were refused with 503, and are not counted. */
  refused = 0;

  /**
   * @returns whether the call was admitted
   * @throws Error where the answer belongs to a call that was answered before, or is none that may be
   */
  enter(kind: CallKind, { status, headers, body }: Received): boolean {
    if (body.length !== Number(headers['content-length']))
      throw new Error('half an answer passed for a whole');
    const requestId = String(headers['x-request-id']);
    if (this.answered.has(requestId)) throw new Error(`${requestId} was answered twice`);
    if (status === 503) this.refused += 1;
    else if (mayEndSo(kind, status)) this.answered.add(requestId);
    else throw new Error(`${kind.caller} ${kind.path}: ${status} ${body.toString().slice(0, 300)}`);
    return status !== 503;
  }
}

/** 502 is how the call of an algorithm ends whose backend breaks off, and counts like any other end. */
function mayEndSo({ path }: CallKind, status: number): boolean {
  if (path.startsWith('acme/breaking')) return status === 502;
  return status === (path.startsWith('acme/faulty') && path.endsWith('output=raw') ? 400 : 200);
}

/** Clients that call at the same time, each one call after the other, on connections that stay. */
export class Callers {
  readonly books = new Books();
  private readonly agent = new Agent({ keepAlive: true });

  constructor(
    private readonly replica: Replica,
    private readonly secrets: Secrets,
    private readonly clients: number,
    private readonly seed: number,
  ) {}

  /**
   * Calls until `done` says that it is enough, asked by each client before each call.
   * @param restMs between two calls of a client, on average
   */
  async callUntil(done: () => boolean, restMs = 0): Promise<void> {
    const client = async (number: number): Promise<void> => {
      const random = randomNumbers(this.seed + number);
      while (!done()) {
        await this.call(random);
        if (restMs > 0) await pause(restMs * 2 * random());
      }
    };
    await Promise.all(Array.from({ length: this.clients }, (_, number) => client(number)));
  }

  close(): void {
    this.agent.destroy();
  }

  private async call(random: () => number): Promise<void> {
    const kind = oneOf(random, CALL_KINDS);
    const body = JSON.stringify('x'.repeat(Math.floor(random() * LONGEST_BODY)));
    const { url, over } = await this.replica.serving();
    const received = await this.send(`${url}/v1/algo/${kind.path}`, kind, body).catch(brokenConnection);
    if ('broken' in received) {
      if (received.broken !== 'ECONNREFUSED') this.books.cut += 1;
      await over;
    } else if (!this.books.enter(kind, received)) {
      await pause(AFTER_REFUSAL_MS);
    }
  }

  private send(url: string, { caller }: CallKind, body: string): Promise<Received> {
    const headers = { Authorization: `Simple ${this.secrets[caller]}`, 'Content-Type': 'application/json' };
    return send(url, { agent: this.agent, headers, body });
  }
}

/** The code of a connection that broke; throws whatever else it is. */
function brokenConnection(error: unknown): { readonly broken: string } {
  const code = String(valueAt(error, 'code'));
  if (!['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(code)) throw error;
  return { broken: code };
}
