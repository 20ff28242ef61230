import type { IncomingMessage, ServerResponse } from 'node:http';
import type { InterfaceCheck } from '../domain/interface/check-input';
import type { Entered } from '../domain/limits/call-limits';
import type { Principal } from '../domain/principal';
import type { Backends } from './backends';
import type { Callers } from './callers';
import type { InputHead } from './body';
import type { CallTrace } from './call-trace';
import type { Admission, CallPorts } from './ports';
import type { Reply } from './reply';
import type { Route, Routes } from './route';
import type { CallSettings } from './settings';

/** What all calls of a process share. */
export interface CallParts {
  readonly ports: CallPorts;
  readonly settings: CallSettings;
  readonly routes: Routes;
  /** Who calls, and how often at once. */
  readonly callers: Callers;
  readonly backends: Backends;
}

/** One request to the call path. */
export interface CallRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly reply: Reply;
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly start: number;
  /** `performance.now()` of the same moment. */
  readonly began: number;
  /** The caller waits for `100 Continue` before it sends its body. */
  readonly expectsContinue: boolean;
  /** Null where it is not traced: nothing else is done then. */
  readonly trace: CallTrace | null;
}

/** A call that nothing refused. */
export interface AdmittedCall extends CallRequest {
  readonly principal: Principal;
  /** What its limits let it in with; null where nothing bounds it. */
  readonly entered: Entered | null;
  readonly route: Route;
  readonly admission: Admission;
  readonly input: InputHead;
  /** What holds for it, `name@revision,…`; null for nothing. */
  readonly artifacts: string | null;
  /** What was asked for of it, signed; null where it was not. */
  readonly receipt: string | null;
  /** The credential by which the algorithm calls others; null where it does not. */
  readonly token: string | null;
  /** What the call is held against; null where nothing of it is checked. */
  readonly inputCheck: InterfaceCheck | null;
}
