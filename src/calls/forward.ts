import { AlgogateError } from '../domain/errors';
import type { CallRecord, Outcome } from '../domain/usage/call';
import type { AdmittedCall, CallParts } from './admitted-call';
import {
  binaryResult,
  decodeText,
  faultAnswer,
  jsonResult,
  rawHead,
  rawResult,
  refusal,
  textResult,
  timeoutFault,
  voidResult,
  type Answer,
  type CallFacts,
} from './answer';
import { unreachable, type Backend } from './backends';
import { backendHeaders, capturedStdout } from './backend-headers';
import { mediaType, StreamedBody } from './body';
import { recordOf, unrecorded } from './call-record';
import { Exchange, type AnswerSink, type BackendReply } from './exchange';
import { isJson, judge, type Judgement, type RawAnswer } from './judge';
import type { ReplyHead } from './reply-head';

/** A call that is over and recorded. */
export interface Finished {
  /**
   * What the caller gets; `streamed` and `broken` where its answer is already on the way, `nobody` where there is
   * no caller any more.
   */
  readonly answer: Answer | 'streamed' | 'broken' | 'nobody';
  /** May bytes have reached the backend? */
  readonly sent: boolean;
  /** False where its record could not be written. */
  readonly recorded: boolean;
}

interface Verdict {
  readonly outcome: Outcome;
  readonly answer: Finished['answer'];
}

/** Answers at least this long are streamed to `output=raw`, where their length is known and they are no JSON. */
const STREAM_FROM_BYTES = 64 * 1024;

/** An admitted call on its way to its backend and back, into the journal. */
export class Forwarding {
  /**
   * Resolves when the call is recorded; only then may the last byte of its answer leave.
   * Rejects with AlgogateError where the caller's body was at fault, or the record could not be written.
   */
  readonly finished: Promise<Finished>;
  private readonly exchange: Exchange | null = null;

  /**
   * @param heard does the caller wait for it? Then its hanging up aborts the call, and a raw answer may be streamed
   * @throws AlgogateError UNAVAILABLE where too many calls wait for the backend
   */
  constructor(
    private readonly parts: CallParts,
    private readonly call: AdmittedCall,
    private readonly body: Buffer | StreamedBody,
    private readonly heard: boolean,
  ) {
    const headers = this.headers();
    try {
      const backend = this.enter();
      this.exchange = backend === null ? null : this.exchangeWith(backend, headers);
    } finally {
      if (this.exchange === null && body instanceof StreamedBody) body.destroy();
    }
    this.finished = this.finish();
    if (!heard) this.finished.catch(() => undefined); // it may be awaited late: until then it is no crash
  }

  private async finish(): Promise<Finished> {
    const { exchange } = this;
    const reply: BackendReply = exchange === null ? { kind: 'unavailable' } : await exchange.done;
    if (reply.kind === 'refused') throw reply.error;
    const { outcome, answer } = this.verdictOn(reply);
    const { trace } = this.call;
    trace?.forwarded(outcome);
    try {
      await this.parts.ports.journal.append(this.record(outcome));
      trace?.recorded(outcome);
    } catch (fault) {
      const refused = unrecorded(this.parts.ports, this.call, fault);
      if (this.call.reply.begun) return { answer: 'broken', sent: true, recorded: false };
      throw refused;
    }
    return { answer, sent: exchange?.sent ?? false, recorded: true };
  }

  /** Null where the backend is known not to answer, which is an outcome like any other. */
  private enter(): Backend | null {
    try {
      return this.parts.backends.enter(this.call.admission.backendUrl);
    } catch (error) {
      if (error instanceof AlgogateError && error.code === 'BACKEND_UNAVAILABLE') return null;
      throw error;
    }
  }

  private headers(): string[] {
    const { admission, route, principal } = this.call;
    const caller = this.parts.ports.pseudonym(admission.ownerId, principal);
    return backendHeaders(this.call, caller, Date.now() + route.timeoutMs);
  }

  private exchangeWith(backend: Backend, headers: string[]): Exchange {
    const { input, route, response } = this.call;
    const exchange = new Exchange({
      backend,
      headers,
      body: this.body,
      bodyLength: input.length,
      timeoutMs: route.timeoutMs,
      maxOutputBytes: this.parts.settings.maxOutputBytes,
      sinkFor: (status, head) => this.sinkFor(status, head),
    });
    if (this.heard) {
      response.on('close', () => {
        if (!response.writableEnded) exchange.cancel();
      });
      if (response.destroyed) exchange.cancel();
    }
    return exchange;
  }

  private sinkFor(status: number, head: ReplyHead): AnswerSink | null {
    const { reply, route } = this.call;
    const { contentType, contentLength: length } = head;
    if (!this.heard || route.output !== 'raw' || length === null || !(length >= STREAM_FROM_BYTES))
      return null;
    if (status >= 300 || head.contentEncoding !== null) return null;
    if (contentType !== null && isJson(mediaType(contentType))) return null;
    return reply.beginStream({ status: 200, ...rawHead(contentType, this.named) }, length);
  }

  /** Whatever a backend sends, the call ends with a verdict: one that did not would go unrecorded. */
  private verdictOn(reply: Exclude<BackendReply, { kind: 'refused' }>): Verdict {
    try {
      return this.conclude(reply);
    } catch (fault) {
      this.parts.ports.onFault?.(fault, this.call.requestId);
      return this.unlessBegun('BACKEND_UNAVAILABLE', () => badAnswer('not to be understood'));
    }
  }

  private conclude(reply: Exclude<BackendReply, { kind: 'refused' }>): Verdict {
    switch (reply.kind) {
      case 'answered':
        return this.concludeAnswered(reply, judge(reply));
      case 'streamed':
        return { outcome: 'OK', answer: 'streamed' };
      case 'cancelled':
        return { outcome: 'CLIENT_CLOSED', answer: 'nobody' };
      case 'timeout':
        return this.unlessBegun('TIMEOUT', () => this.fault(timeoutFault(this.call.route.timeoutText)));
      case 'overlong':
        return this.unlessBegun('BACKEND_UNAVAILABLE', () => badAnswer('over the limit in size'));
      case 'ambiguous':
        return this.unlessBegun('BACKEND_UNAVAILABLE', () => badAnswer('ambiguous: a header came twice'));
      case 'unavailable':
        return this.unlessBegun('BACKEND_UNAVAILABLE', () => refusal(this.lost()));
    }
  }

  private concludeAnswered(reply: RawAnswer, judgement: Judgement): Verdict {
    switch (judgement.kind) {
      case 'bad':
        return { outcome: 'BACKEND_UNAVAILABLE', answer: badAnswer(judgement.reason) };
      case 'fault':
        return { outcome: 'ALGORITHM_ERROR', answer: this.fault(judgement.fault) };
      case 'result':
        return this.result(reply, judgement);
    }
  }

  private result(reply: RawAnswer, { type, json }: Extract<Judgement, { kind: 'result' }>): Verdict {
    if (this.call.route.output === 'raw') return { outcome: 'OK', answer: rawResult(reply, this.named) };
    const facts = this.facts(reply.head);
    if (json !== null) return { outcome: 'OK', answer: jsonResult(json, reply.body, facts) };
    if (type === 'void') return { outcome: 'OK', answer: voidResult(facts) };
    if (type === 'binary') return { outcome: 'OK', answer: binaryResult(reply.body, facts) };
    const text = decodeText(reply.body, reply.head.contentType);
    return text === null
      ? { outcome: 'BACKEND_UNAVAILABLE', answer: badAnswer('declared as text, and is not in its charset') }
      : { outcome: 'OK', answer: textResult(text, facts) };
  }

  /** An answer that has begun can only be cut short. */
  private unlessBegun(outcome: Outcome, answer: () => Answer): Verdict {
    return { outcome, answer: this.heard && this.call.reply.begun ? 'broken' : answer() };
  }

  private lost(): AlgogateError {
    if (this.exchange?.sent !== true) return unreachable();
    return new AlgogateError('BACKEND_UNAVAILABLE', 'the backend of the algorithm broke off its answer');
  }

  private fault(fault: Parameters<typeof faultAnswer>[0]): Answer {
    const { route, admission, receipt } = this.call;
    const raw = route.output === 'raw';
    return faultAnswer(fault, this.backendMs, { raw, maySeeSource: admission.maySeeSource, receipt });
  }

  private facts(head: ReplyHead): CallFacts {
    const { requestId, route, admission, receipt } = this.call;
    const stdout = route.stdout && admission.memberOfOwner ? capturedStdout(head) : null;
    const { version, sha } = admission;
    // written out: a spread costs a call two microseconds
    return { version, receipt, requestId, sha, durationMs: this.backendMs, stdout };
  }

  /** What is told of the call in every kind of answer. */
  private get named(): Pick<CallFacts, 'version' | 'receipt'> {
    return { version: this.call.admission.version, receipt: this.call.receipt };
  }

  private get backendMs(): number {
    return this.exchange?.durationMs ?? 0;
  }

  private record(outcome: Outcome): CallRecord {
    return recordOf(this.call, outcome, {
      backendMs: this.backendMs,
      bytesIn: this.body instanceof StreamedBody ? this.body.size : this.body.length,
      bytesOut: this.exchange?.received ?? 0,
    });
  }
}

function badAnswer(reason: string): Answer {
  return refusal(new AlgogateError('BACKEND_BAD_ANSWER', `the answer of the backend is ${reason}`));
}
