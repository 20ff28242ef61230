import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import ipaddr from 'ipaddr.js';
import { AlgogateError } from '../domain/errors';
import { AllowList } from './allow-list';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** The `lookup` that `net.connect` takes. */
export type GuardedLookup = (
  hostname: string,
  options: LookupOptions,
  callback: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
) => void;

/** All that the Internet routes to hosts in IPv6; ranges inside it that mean something else are told by name. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

/** Public by number, and yet answered inside a cloud's machines alone: Azure's metadata and DNS. */
const METADATA: ReadonlySet<string> = new Set(['168.63.129.16']);

/**
 * Keeps calls away from private, loopback, link-local, metadata and other special addresses, in every notation,
 * unless the operator's list names them. A name says nothing of where it leads, so names are judged when they are
 * resolved for a connection, each time. Source: chapter 7, "Hardening".
 */
export class BackendAddressGuard {
  private readonly allowed: AllowList;

  /**
   * @param allow hosts, `host:port`, addresses and CIDRs
   * @throws Error for an entry that is none of them
   */
  constructor(allow: readonly string[]) {
    this.allowed = new AllowList(allow);
  }

  /**
   * For registration: may a build run there?
   * @param url the backend's, absolute
   * @throws AlgogateError INVALID_INPUT for what is no URL of http or https, or carries a credential or a fragment;
   *   BACKEND_FORBIDDEN for a private address
   */
  check(url: string): void {
    const { hostname, port, protocol, username, password, hash } = parseUrl(url);
    if (protocol !== 'http:' && protocol !== 'https:') throw invalid('its scheme must be http or https');
    if (username !== '' || password !== '') throw invalid('it must not carry a user name or password');
    if (hash !== '') throw invalid('it must not have a fragment');
    this.checkHost(hostname, port === '' ? defaultPort(protocol) : Number(port));
  }

  /**
   * What can be said of a host before it is resolved.
   * @param host as in a URL: a name or an address, IPv6 with or without brackets
   * @throws AlgogateError BACKEND_FORBIDDEN
   */
  checkHost(host: string, port: number): void {
    const bare = bareHost(host);
    if (this.allowed.hasHost(bare, port)) return;
    const literal = isLoopbackName(bare) ? '127.0.0.1' : bare;
    if (ipaddr.isValid(literal) && !this.permits(literal, bare, port)) throw forbidden();
  }

  /** May a connection for `host` (already without brackets) go to this address? */
  permits(address: string, host: string, port: number): boolean {
    if (this.allowed.hasHost(host, port)) return true;
    const parsed = ipaddr.process(address);
    return this.allowed.hasAddress(parsed, port) || isPublic(parsed);
  }

  /** The lookup for connections to one host: only permitted addresses come out of it. */
  lookup(port: number): GuardedLookup {
    return (hostname, options, callback) => {
      lookup(hostname, { ...options, all: true }, (error, found) => {
        if (error !== null) {
          callback(error, []);
          return;
        }
        const [first, ...others] = found.filter(({ address }) =>
          this.permits(address, bareHost(hostname), port),
        );
        if (first === undefined) callback(forbidden(), []);
        else if (options.all === true) callback(null, [first, ...others]);
        else callback(null, first.address, first.family);
      });
    };
  }
}

/** The port of a scheme whose URL names none. */
export function defaultPort(protocol: string): number {
  return protocol === 'https:' ? 443 : 80;
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  if (address.kind() === 'ipv4') return !METADATA.has(address.toString());
  return address.match(GLOBAL_IPV6);
}

function isLoopbackName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

/** Lower case, no brackets, no dot at the end: `LOCALHOST.` is `localhost`. */
function bareHost(host: string): string {
  const lower = host.toLowerCase();
  if (lower.startsWith('[') && lower.endsWith(']')) return lower.slice(1, -1);
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

function parseUrl(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw invalid('it is not an absolute URL');
  }
}

function invalid(reason: string): AlgogateError {
  return new AlgogateError('INVALID_INPUT', `the backend URL is not usable: ${reason}`, ['backendUrl']);
}

function forbidden(): AlgogateError {
  return new AlgogateError(
    'BACKEND_FORBIDDEN',
    "the backend address is private, and not on the operator's allow-list",
    ['backendUrl'],
  );
}
