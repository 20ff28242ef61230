import { AlgogateError } from '../domain/errors';
import type { InputFault } from '../domain/interface/check-input';
import type { Entered, Reservation } from '../domain/limits/call-limits';
import { type Principal, principalId } from '../domain/principal';
import type { AdmittedCall, CallParts, CallRequest } from './admitted-call';
import { asyncAnswer } from './answer';
import { artifactsOfCall } from './artifacts';
import { describeInput, readBody, StreamedBody } from './body';
import {
  claimFor,
  idempotencyKey,
  keepable,
  replayed,
  resultOfClaim,
  type IdempotencyClaim,
} from './idempotency';
import { recordOf, unrecorded } from './call-record';
import { Forwarding, type Finished } from './forward';
import { functionFault, inputCheckFor, inputFault, refuseInput } from './input-check';
import { delegationOf, idempotencyOwner, nestedRoute, tokenFor } from './nested-call';
import { receiptFor } from './receipt';
import { reserveFor, settledBy } from './reserve';

/** Bodies up to this are read whole before they are passed on: a stream of its own would cost more than it spares. */
const STREAM_FROM_BYTES = 64 * 1024;

/** The end of a claim whose call reached no backend: the key is free again. */
const NEVER_SENT: Finished = { sent: false, answer: 'nobody', recorded: false };

/**
 * The walk of one call: authenticate, resolve and authorise, read and check, forward, record, answer.
 * @throws AlgogateError for whatever refuses it; CallerGone
 */
export async function answerCall(parts: CallParts, call: CallRequest): Promise<void> {
  const found = parts.ports.authenticate(call.request.headers.authorization);
  const principal = found instanceof Promise ? await found : found; // each await that is spared is a turn less
  if (principal.kind === 'anonymous') {
    throw new AlgogateError('UNAUTHENTICATED', 'a call needs a credential: send an API key in Authorization');
  }
  const caller = principalId(principal);
  parts.callers.enter(caller);
  try {
    const entering = parts.ports.limits?.enter(principal) ?? null;
    const entered = entering instanceof Promise ? await entering : entering;
    if (entered !== null && entered.standing !== null) call.reply.tellStanding(entered.standing);
    await answerCaller(parts, call, principal, entered);
  } finally {
    parts.callers.leave(caller);
  }
}

async function answerCaller(
  parts: CallParts,
  call: CallRequest,
  principal: Principal,
  entered: Entered | null,
): Promise<void> {
  const { ports, settings, routes } = parts;
  const { request, response, reply, requestId, start, began, expectsContinue, trace } = call;
  const asked = routes.read(request.url ?? '');
  trace?.resolving(asked.reference);
  const admitting = ports.admit(principal, asked.reference);
  const admission = admitting instanceof Promise ? await admitting : admitting;
  trace?.admitted(admission);
  reply.contentLocation = admission.fullVersionPath;
  reply.notices = admission.notices;
  const delegation = delegationOf(principal);
  const route = delegation === null ? asked : nestedRoute(asked, admission, delegation, start);
  const input = describeInput(request, settings.maxInputBytes);
  const key = idempotencyKey(request.headers['idempotency-key']);
  const holding = artifactsOfCall(ports, admission, route.artifacts);
  const artifacts = holding instanceof Promise ? await holding : holding;
  const receipt = route.receipt ? await receiptFor(ports, { requestId, route, admission, artifacts }) : null;
  const checking = inputCheckFor(ports, admission, route, input);
  const inputCheck = checking instanceof Promise ? await checking : checking;
  const signing = tokenFor(ports, call, principal, admission, route);
  const token = signing === null ? null : await signing;
  if (expectsContinue) response.writeContinue();
  const admitted: AdmittedCall = {
    request,
    response,
    reply,
    requestId,
    start,
    began,
    expectsContinue,
    trace,
    principal,
    entered,
    route,
    admission,
    input,
    artifacts,
    receipt,
    token,
    inputCheck,
  };

  if (key === null && isStreamed(admitted) && functionFault(admitted) === null) {
    const reserved = reserveFor(parts, admitted);
    const reservation = reserved instanceof Promise ? await reserved : reserved;
    const body = new StreamedBody(request, settings.maxInputBytes);
    send(admitted, await forwarded(parts, admitted, body, true, reservation));
    return;
  }
  const body = await readBody(request, settings.maxInputBytes);
  const fault = inputFault(admitted, body);
  if (key !== null) {
    await callOnce(parts, admitted, key, body, fault);
    return;
  }
  const reserved = reserveFor(parts, admitted);
  const reservation = reserved instanceof Promise ? await reserved : reserved;
  if (route.output === 'void' && fault === null) {
    await callUnheard(parts, admitted, body, reservation);
    return;
  }
  const running =
    fault === null
      ? forwarded(parts, admitted, body, true, reservation)
      : refused(parts, admitted, body, fault, reservation);
  send(admitted, await running);
}

/**
 * The end of a call that is on its way to its backend, and of what was reserved for it.
 * @throws AlgogateError UNAVAILABLE, at once, where too many calls wait for the backend
 */
function forwarded(
  parts: CallParts,
  call: AdmittedCall,
  body: Buffer | StreamedBody,
  heard: boolean,
  reservation: Reservation | null,
): Promise<Finished> {
  if (reservation === null) return new Forwarding(parts, call, body, heard).finished;
  let running: Promise<Finished>;
  try {
    running = new Forwarding(parts, call, body, heard).finished;
  } catch (error) {
    reservation.release();
    throw error;
  }
  return settledBy(reservation, running);
}

/** The end of a call whose input is not what the interface says, and of what was reserved for it. */
function refused(
  parts: CallParts,
  call: AdmittedCall,
  body: Buffer,
  fault: InputFault,
  reservation: Reservation | null,
): Promise<Finished> {
  const running = refuseInput(parts, call, body, fault);
  return reservation === null ? running : settledBy(reservation, running);
}

/** JSON is checked before the backend sees it, and what nobody waits for must have come whole. */
function isStreamed({ input, route }: AdmittedCall): boolean {
  if (input.kind === 'json' || route.output === 'void') return false;
  return input.length === null || input.length > STREAM_FROM_BYTES;
}

function send({ reply }: CallRequest, { answer }: Finished): void {
  switch (answer) {
    case 'streamed':
      reply.finishStream();
      return;
    case 'broken':
      reply.breakStream();
      return;
    case 'nobody':
      return;
    default:
      reply.send(answer);
  }
}

/** `output=void`: answered as soon as the call is on its way; its end is recorded, and nobody hears of it. */
async function callUnheard(
  parts: CallParts,
  call: AdmittedCall,
  body: Buffer,
  reservation: Reservation | null,
): Promise<void> {
  const finished = unheard(parts, call, body, reservation);
  await noteUnheard(parts, call, body);
  call.reply.send(asyncAnswer(call));
  await finished;
}

/** A call that runs on whatever becomes of its caller. It may be awaited late: until then its failure is no crash. */
function unheard(
  parts: CallParts,
  call: AdmittedCall,
  body: Buffer,
  reservation: Reservation | null,
): Promise<Finished> {
  const finished = forwarded(parts, call, body, false, reservation);
  finished.catch(() => undefined);
  return finished;
}

/** An answer that leaves before its call is over must be one of a call that is recorded whatever happens. */
async function noteUnheard({ ports }: CallParts, call: AdmittedCall, body: Buffer): Promise<void> {
  const measures = { backendMs: 0, bytesIn: body.length, bytesOut: 0 };
  try {
    await ports.journal.begin(recordOf(call, 'BACKEND_UNAVAILABLE', measures));
  } catch (fault) {
    throw unrecorded(ports, call, fault);
  }
}

/**
 * A call with an `Idempotency-Key`: made once, and answered from what was kept ever after. A caller that hangs up
 * does not abort it: it marked the call so that it may come back for the answer.
 */
async function callOnce(
  parts: CallParts,
  call: AdmittedCall,
  key: string,
  body: Buffer,
  fault: InputFault | null,
): Promise<void> {
  const store = parts.ports.idempotency;
  const claim = claimFor(idempotencyOwner(call.principal), key, call.route, call.input.contentType, body);
  const kept = resultOfClaim(await store.claim(claim));
  if (kept !== null) {
    // those of the first answer are among the kept headers
    call.reply.contentLocation = null;
    call.reply.notices = [];
    call.reply.send(replayed(kept), kept.requestId);
    return;
  }
  const reservation = await unlessRefused(parts, call, claim, () => reserveFor(parts, call));
  if (fault !== null) {
    await settleClaim(parts, call, claim, NEVER_SENT);
    send(call, await refused(parts, call, body, fault, reservation));
    return;
  }
  // within an object, for a bare promise would be awaited to the end of the call
  const { running } = await unlessRefused(parts, call, claim, () => ({
    running: unheard(parts, call, body, reservation),
  }));
  if (call.route.output === 'void') {
    const answer = asyncAnswer(call);
    await noteUnheard(parts, call, body);
    await settleClaim(parts, call, claim, { sent: true, answer });
    call.reply.send(answer);
    await running;
    return;
  }
  const finished = await running;
  await settleClaim(parts, call, claim, finished);
  send(call, finished);
}

/** A step on the way to the backend; where the call is refused at it, the key is free again. */
async function unlessRefused<T>(
  parts: CallParts,
  call: AdmittedCall,
  claim: IdempotencyClaim,
  step: () => T | Promise<T>,
): Promise<T> {
  try {
    return await step();
  } catch (error) {
    await settleClaim(parts, call, claim, NEVER_SENT);
    throw error;
  }
}

/** The answer leaves even where the store fails: the key then frees itself when its lease ends. */
async function settleClaim(
  { ports }: CallParts,
  call: AdmittedCall,
  claim: IdempotencyClaim,
  { sent, answer }: Pick<Finished, 'sent' | 'answer'>,
): Promise<void> {
  try {
    if (!sent) await ports.idempotency.release(claim);
    else if (typeof answer === 'object') {
      await ports.idempotency.keep(claim, keepable(answer, call.requestId, call.reply));
    }
  } catch (fault) {
    ports.onFault?.(fault, call.requestId);
  }
}
