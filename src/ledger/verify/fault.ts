/** What is wrong with a ledger, and where. */
export interface Fault {
  /** `Acme public 7`, `Acme public 7 to 9`, `heads.ndjson:12`. */
  readonly where: string;
  readonly what: string;
}

/** Where in the ledger of an owner: a chain of it, an entry, or those from one to another. */
export function placeOf(owner: string, chain: string, from?: number, to = from): string {
  if (from === undefined) return `${owner} ${chain}`;
  return from === to ? `${owner} ${chain} ${from}` : `${owner} ${chain} ${from} to ${to}`;
}

/** In one line. Names from a database that was tampered with, or a file, may hold anything. */
export function faultText({ where, what }: Fault): string {
  return `${where}: ${what}`.replace(/[\p{Cc}\u2028\u2029]/gu, '\uFFFD');
}
