import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Principal } from '../domain/principal';
import type { GraphContext } from '../subgraphs/shared/context';
import type { TraceSpan } from '../tracing';

const NONE: Readonly<Record<string, string>> = {};

/** The context of a request over HTTP. What only subgraphs elsewhere ask for is made when they do. */
export class RequestContext implements GraphContext {
  readonly requestId: string;
  readonly address: string;
  /** Those alone: the credential of the caller stays behind. */
  readonly headers: Readonly<Record<string, string>>;
  declare readonly span?: TraceSpan;
  private controller: AbortController | null = null;

  constructor(
    readonly principal: Principal,
    request: FastifyRequest,
    private readonly reply: FastifyReply,
    span: TraceSpan | undefined,
    propagated: ReadonlySet<string> | undefined,
  ) {
    this.requestId = request.id;
    this.address = request.ip;
    if (span !== undefined) this.span = span;
    this.headers = propagated === undefined || propagated.size === 0 ? NONE : picked(request, propagated);
  }

  get signal(): AbortSignal {
    return (this.controller ??= leaving(this.reply)).signal;
  }
}

function picked({ headers }: FastifyRequest, names: ReadonlySet<string>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    if (typeof value === 'string') found[name] = value;
  }
  return found;
}

function leaving({ raw }: FastifyReply): AbortController {
  const controller = new AbortController();
  const leave = (): void => {
    if (!raw.writableFinished) controller.abort();
  };
  if (raw.closed) leave();
  else raw.once('close', leave);
  return controller;
}
