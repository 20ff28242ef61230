import { verify } from 'node:crypto';

import type { PublicKeys, VerifyingKey } from './key-set';
import { ReceiptError } from './receipt-error';
import { readStatement, RECEIPT_TYPE, type Statement } from './statement';

export { ReceiptError };

/** One with all that a receipt can hold is a third of that. */
const MAX_LENGTH = 100_000;
/** How far the clocks of machines may be apart, and how long a replica may sign by a key that another retired. */
const LEEWAY_MS = 60_000;

const ALGORITHM = 'EdDSA';
const BASE64URL = /^[\w-]+$/;

/**
 * Checks a receipt against the keys of its marketplace, offline: the header, the signature by the key that the header
 * names, the time against that key's own, the form of the statement. Source: RFC 7515, 5.2; RFC 8725, 3.
 * @param receipt a compact JWS; white space around it is none of it
 * @throws ReceiptError saying what is wrong
 */
export function verifyReceipt(receipt: string, keys: PublicKeys): Statement {
  const { header, payload, signed, signature } = partsOf(receipt.trim());
  const kid = keyNamedBy(header);
  const key = keys.get(kid);
  if (key === undefined) throw new ReceiptError(`it is signed by the key ${shown(kid)}, which is not known`);
  if (!verify(null, signed, key.key, signature)) {
    throw new ReceiptError(`its signature is not that of the key ${kid}: it was changed, or made by another`);
  }
  const read = readStatement(payload);
  if ('wrong' in read)
    throw new ReceiptError(`it is signed, and not a receipt of a known form: ${read.wrong}`);
  assertInTime(read.statement, key);
  return read.statement;
}

interface Parts {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: string;
  /** What the signature covers. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

function partsOf(receipt: string): Parts {
  if (receipt.length > MAX_LENGTH) throw new ReceiptError('it is malformed: too long for a receipt');
  const [header = '', payload = '', signature = '', ...rest] = receipt.split('.');
  if (
    rest.length > 0 ||
    ![header, payload].every((part) => BASE64URL.test(part)) ||
    !/^[\w-]*$/.test(signature)
  ) {
    throw new ReceiptError('it is malformed: not three parts of base64url with dots between them');
  }
  return {
    header: headerOf(header),
    payload: decoded(payload).toString('utf8'),
    signed: Buffer.from(`${header}.${payload}`),
    signature: decoded(signature),
  };
}

/** Two spellings of the same bytes would be two receipts. */
function decoded(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url');
  if (bytes.toString('base64url') !== part)
    throw new ReceiptError('it is malformed: its base64url is not canonical');
  return bytes;
}

function headerOf(part: string): Parts['header'] {
  let header: unknown;
  try {
    header = JSON.parse(decoded(part).toString('utf8'));
  } catch (error) {
    if (error instanceof ReceiptError) throw error;
    throw new ReceiptError('it is malformed: its header is no JSON');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new ReceiptError('it is malformed: its header is no object');
  }
  return header as Parts['header'];
}

/** The keys that a header brings along, or points to, are those of whoever wrote it: nobody looks at them. */
function keyNamedBy({ alg, typ, kid, crit }: Parts['header']): string {
  if (alg === 'none') throw new ReceiptError('it is not signed: its alg is none');
  if (alg !== ALGORITHM) throw new ReceiptError(`its alg is ${shown(alg)}, and not ${ALGORITHM}`);
  if (typ !== RECEIPT_TYPE) throw new ReceiptError(`it is no receipt: its typ is ${shown(typ)}`);
  if (crit !== undefined) throw new ReceiptError(`it demands what is not known here: crit ${shown(crit)}`);
  if (typeof kid !== 'string') throw new ReceiptError('it does not name the key that signed it');
  return kid;
}

function assertInTime({ time }: Statement, { createdAt, retiredAt }: VerifyingKey): void {
  const at = Date.parse(time);
  if (createdAt !== null && at < createdAt - LEEWAY_MS) {
    throw new ReceiptError(`it says ${time}, before its key was made, ${new Date(createdAt).toISOString()}`);
  }
  if (retiredAt !== null && at > retiredAt + LEEWAY_MS) {
    throw new ReceiptError(
      `it says ${time}, after its key was retired, ${new Date(retiredAt).toISOString()}`,
    );
  }
}

const MAX_SHOWN = 80;

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, MAX_SHOWN);
}
