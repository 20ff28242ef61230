import { AlgogateError } from '../domain/errors';
import { parsePosition } from '../domain/position';
import { artifactsIn } from './artifacts';
import type { Admission, CallPorts } from './ports';
import type { Route } from './route';

/** Where the receipt is in answers that have no `metadata`. */
export const RECEIPT_HEADER = 'X-Algogate-Receipt';

/** The longest receipt that is put into a header: clients and proxies take headers of 16 KiB, all of them together. */
const LONGEST_IN_HEADER = 8 * 1024;

/** An admitted call, as far as a receipt says what it is. */
export interface ReceiptFor {
  readonly requestId: string;
  readonly route: Route;
  readonly admission: Admission;
  /** What holds for it, `name@revision,…`; null for nothing. */
  readonly artifacts: string | null;
}

/**
 * The receipt of a call, before anything of it is sent: one that cannot have it is not made.
 * @throws AlgogateError INVALID_INPUT, UNAVAILABLE
 */
export async function receiptFor(ports: CallPorts, call: ReceiptFor): Promise<string> {
  const { requestId, route, admission, artifacts } = call;
  if (ports.receipts === undefined) throw invalid('the parameter receipt is not supported by this server');
  const { canonical, version, sha, buildId, algorithmId, ownerId, position } = admission;
  const receipt = await ports.receipts.sign({
    ...{ canonical, version, sha, buildId, algorithmId, ownerId, requestId },
    reference: route.reference.written,
    selector: route.reference.selector.kind,
    position: parsePosition(position),
    artifacts: artifactsIn(artifacts),
  });
  if (route.output === 'raw' && receipt.length > LONGEST_IN_HEADER) {
    throw invalid('the receipt of this call is too long for a header: ask for it without output=raw');
  }
  return receipt;
}

function invalid(message: string): AlgogateError {
  return new AlgogateError('INVALID_INPUT', message, ['receipt']);
}
