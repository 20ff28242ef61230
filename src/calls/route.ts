import { LRUCache } from 'lru-cache';
import { decodeSelector, parseReference, type Reference } from '../domain/reference';
import { parseCallOptions, type CallOptions } from './options';

const CALL_PREFIX = '/v1/algo/';
const WEB_PREFIX = '/v1/web/algo/';

/** Longer URLs are parsed each time, so that what is remembered stays bounded in bytes too. */
const LONGEST_REMEMBERED = 1024;

/** The `algo://` inside a path, whole or with the slash that proxies take away; a slash too many is harmless. */
const SCHEME = /^algo:\/*/i;

/** What a URL of the call path asks for. */
export interface Route extends CallOptions {
  readonly reference: Reference;
}

/** True for `/v1/web/algo/…` (browsers), false for `/v1/algo/…`, null where the URL is none of the call path's. */
export function isWebCall(url: string): boolean | null {
  if (url.startsWith(CALL_PREFIX)) return false;
  if (url.startsWith(WEB_PREFIX)) return true;
  return null;
}

/** Reads URLs of calls, and remembers what they meant: the steady state parses nothing. */
export class Routes {
  private readonly known: LRUCache<string, Route>;

  /** @param size how many URLs are remembered */
  constructor(size: number) {
    this.known = new LRUCache({ max: size });
  }

  /**
   * @param url as the request line has it, of the call path
   * @throws AlgogateError INVALID_REFERENCE, INVALID_INPUT
   */
  read(url: string): Route {
    const known = this.known.get(url);
    if (known !== undefined) return known;
    const route = parseRoute(url);
    if (url.length <= LONGEST_REMEMBERED) this.known.set(url, route);
    return route;
  }
}

function parseRoute(url: string): Route {
  const start = (isWebCall(url) ? WEB_PREFIX : CALL_PREFIX).length;
  const mark = url.indexOf('?');
  const path = mark < 0 ? url.slice(start) : url.slice(start, mark);
  const query = mark < 0 ? '' : url.slice(mark + 1);
  // Decoded exactly once, and before anything is looked for in it: `algo%3A%2F%2Fdemo%2FHello` is one of the forms.
  const reference = parseReference(decodeSelector(path).replace(SCHEME, ''));
  return { reference, ...parseCallOptions(query) };
}
