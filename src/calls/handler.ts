import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { AlgogateError, type ErrorCode } from '../domain/errors';
import { LimitReached } from '../domain/limits/refusals';
import { within } from '../waiting';
import type { CallParts, CallRequest } from './admitted-call';
import type { BackendAddressGuard } from './address-guard';
import { refusal, type Answer } from './answer';
import { Backends, type BackendTotals } from './backends';
import { CallerGone } from './body';
import { answerCall } from './call';
import { CallTrace } from './call-trace';
import { Callers } from './callers';
import { corsHeaders, PREFLIGHT_HEADERS } from './cors';
import { newRequestId } from './identifiers';
import { OpenAnswers } from './open-answers';
import type { CallPorts } from './ports';
import { Reply } from './reply';
import { isWebCall, Routes } from './route';
import { DEFAULT_CALL_SETTINGS, type CallSettings } from './settings';

export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

const METHOD_NOT_ALLOWED = new AlgogateError('INVALID_INPUT', 'algorithms are called with POST');

/** How the call path is doing, for the metrics. */
export interface CallPathStats {
  readonly inFlight: number;
  /** Refused calls by code, since the start. */
  readonly refusals: ReadonlyMap<ErrorCode, number>;
  readonly backends: ReturnType<Backends['states']>;
}

/** The call path as a plain `node:http` handler: it stands in front of everything else, for speed. */
export class CallPath {
  private readonly parts: CallParts;
  private readonly refusals = new Map<ErrorCode, number>();
  /** Answers by the first digit of their status. */
  private readonly answers = { algo: new Float64Array(6), web: new Float64Array(6) };
  private readonly open = new OpenAnswers();
  private inFlight = 0;
  private draining = false;
  private idle: (() => void) | null = null;

  constructor(ports: CallPorts, guard: BackendAddressGuard, settings: Partial<CallSettings> = {}) {
    const all = { ...DEFAULT_CALL_SETTINGS, ...settings };
    const backends = new Backends(guard, all);
    const callers = new Callers(all.maxConcurrentCallsPerCaller);
    this.parts = { ports, settings: all, routes: new Routes(all.routeCacheSize), backends, callers };
  }

  get stats(): CallPathStats {
    return { inFlight: this.inFlight, refusals: this.refusals, backends: this.parts.backends.states() };
  }

  /** For the metrics: all backends together. */
  get backends(): BackendTotals {
    return this.parts.backends.totals();
  }

  /** For the metrics: answers by route template, and there by the first digit of their status. */
  get responses(): ReadonlyMap<string, Float64Array> {
    const { algo, web } = this.answers;
    return new Map([
      ['/v1/algo/*', algo],
      ['/v1/web/algo/*', web],
    ]);
  }

  /** Makes `server` answer calls here, and everything else by `fallback` (Fastify's handler). */
  attach(server: Server, fallback: RequestListener): void {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (this.handle(request, response)) return;
      this.open.add(response);
      fallback(request, response);
    });
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      if (this.handle(request, response, true)) return;
      this.open.add(response);
      response.writeContinue();
      fallback(request, response);
    });
  }

  /**
   * Answers the request if it is the call path's.
   * @param expectsContinue the body comes only after `response.writeContinue()`
   * @returns false where it is not, and nothing was done
   */
  handle(request: IncomingMessage, response: ServerResponse, expectsContinue = false): boolean {
    const web = isWebCall(request.url ?? '');
    if (web === null) return false;
    const requestId = newRequestId();
    const { settings, ports } = this.parts;
    const cors = web ? corsHeaders(request, settings.webOrigins) : [];
    const answers = web ? this.answers.web : this.answers.algo;
    const reply = new Reply(request, response, requestId, cors, settings, answers);
    reply.closing = this.draining;
    if (web && request.method === 'OPTIONS') {
      reply.sendEmpty(204, PREFLIGHT_HEADERS);
      return true;
    }
    const trace = ports.tracing == null ? null : CallTrace.begin(ports.tracing, request, requestId, web);
    if (request.method !== 'POST') {
      this.refuse({ reply, trace }, METHOD_NOT_ALLOWED, {
        status: 405,
        headers: ['Allow', web ? 'POST, OPTIONS' : 'POST'],
      });
      trace?.end(405);
      return true;
    }
    const refused = this.refusalAtTheDoor();
    if (refused !== null) {
      this.refuse({ reply, trace }, refused);
      trace?.end(refused.status);
      return true;
    }
    const start = Date.now();
    const began = performance.now();
    void this.run({ request, response, reply, requestId, start, began, expectsContinue, trace });
    return true;
  }

  /**
   * Admits no more calls, and waits for those under way, void ones included, and then for answers that are still
   * being sent, those of the fallback included.
   * @param ms at most so long
   * @returns whether all of them ended
   */
  async drain(ms: number): Promise<boolean> {
    const began = performance.now();
    this.draining = true;
    return (await this.callsEnded(ms)) && this.open.left(ms - (performance.now() - began));
  }

  private async callsEnded(ms: number): Promise<boolean> {
    if (this.inFlight === 0) return true;
    const idle = new Promise<boolean>((resolve) => {
      this.idle = () => {
        resolve(true);
      };
    });
    return within(ms, idle, () => false);
  }

  /** Cuts the connections to all backends; calls that are still under way end as broken off. */
  async close(): Promise<void> {
    this.draining = true;
    await this.parts.backends.close();
  }

  private refusalAtTheDoor(): AlgogateError | null {
    if (this.draining) return new AlgogateError('UNAVAILABLE', 'this server is shutting down');
    if (this.inFlight >= this.parts.settings.maxConcurrentCalls) {
      return new AlgogateError('UNAVAILABLE', 'too many calls are under way');
    }
    if (!this.parts.ports.journal.admitting()) {
      return new AlgogateError('UNAVAILABLE', 'calls cannot be recorded at the moment');
    }
    return null;
  }

  private async run(call: CallRequest): Promise<void> {
    this.inFlight += 1;
    try {
      await answerCall(this.parts, call);
    } catch (error) {
      this.fail(call, error);
    } finally {
      this.inFlight -= 1;
      this.open.add(call.response);
      if (this.inFlight === 0) this.idle?.();
      call.trace?.end(call.reply.begun ? call.response.statusCode : null);
    }
  }

  private fail(call: CallRequest, error: unknown): void {
    if (error instanceof CallerGone) return;
    if (error instanceof LimitReached) call.reply.tellStanding(error.standing);
    if (error instanceof AlgogateError) {
      this.refuse(call, error);
      return;
    }
    this.parts.ports.onFault?.(error, call.requestId);
    this.refuse(call, new AlgogateError('UNAVAILABLE', 'the call failed for a reason of ours'));
  }

  private refuse(
    { reply, trace }: Pick<CallRequest, 'reply' | 'trace'>,
    error: AlgogateError,
    more: Partial<Answer> = {},
  ): void {
    trace?.refused(error.code);
    this.refusals.set(error.code, (this.refusals.get(error.code) ?? 0) + 1);
    if (!reply.begun) reply.send({ ...refusal(error), ...more });
  }
}
