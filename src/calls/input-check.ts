import { AlgogateError } from '../domain/errors';
import type { InputFault, InterfaceCheck } from '../domain/interface/check-input';
import type { AdmittedCall, CallParts } from './admitted-call';
import { faultAnswer } from './answer';
import { type InputHead, parseJson } from './body';
import { recordOf, unrecorded } from './call-record';
import type { Finished } from './forward';
import type { Admission, CallPorts } from './ports';
import type { Route } from './route';

/**
 * What a call is held against; null where nothing of it is checked. At once in the steady state.
 * @throws AlgogateError INVALID_INPUT where a function is named and there is no interface, UNAVAILABLE
 */
export function inputCheckFor(
  ports: CallPorts,
  { canonical, buildId, hasInterface, checksInput }: Admission,
  { functionName }: Route,
  { kind }: InputHead,
): InterfaceCheck | null | Promise<InterfaceCheck | null> {
  if (!hasInterface) {
    if (functionName === null) return null;
    throw new AlgogateError('INVALID_INPUT', `${canonical} has no interface whose function could be named`, [
      'function',
    ]);
  }
  const checked = functionName !== null || (checksInput && kind === 'json');
  return checked ? ports.interfaceOf(buildId) : null;
}

/** What of a call is wrong before its body is read: the function that it names. */
export function functionFault({ inputCheck, route }: AdmittedCall): InputFault | null {
  if (inputCheck === null || route.functionName === null) return null;
  return inputCheck.checkFunction(route.functionName);
}

/**
 * What its interface says against a call. JSON is parsed in any case, once.
 * @throws AlgogateError INVALID_INPUT for JSON that is none
 */
export function inputFault(call: AdmittedCall, body: Buffer): InputFault | null {
  const { inputCheck, route, admission, input } = call;
  if (input.kind !== 'json') return functionFault(call);
  const value = parseJson(body);
  if (inputCheck === null) return null;
  return admission.checksInput ? inputCheck.check(route.functionName, value) : functionFault(call);
}

/**
 * The end of a call whose input is not what the interface says: recorded as any other, and never sent.
 * @throws AlgogateError UNAVAILABLE where it could not be recorded
 */
export async function refuseInput(
  { ports }: CallParts,
  call: AdmittedCall,
  body: Buffer,
  { message }: InputFault,
): Promise<Finished> {
  const measures = { backendMs: 0, bytesIn: body.length, bytesOut: 0 };
  try {
    await ports.journal.append(recordOf(call, 'ALGORITHM_ERROR', measures));
    call.trace?.recorded('ALGORITHM_ERROR');
  } catch (fault) {
    throw unrecorded(ports, call, fault);
  }
  const error = { message, errorType: 'InputError', stacktrace: null };
  return {
    answer: faultAnswer(error, 0, {
      raw: call.route.output === 'raw',
      maySeeSource: false,
      receipt: call.receipt,
    }),
    sent: false,
    recorded: true,
  };
}
