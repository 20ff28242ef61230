/** A document of an issuer that takes longer, or is longer, is none. */
const DEADLINE_MS = 5_000;
const MAX_BYTES = 1024 * 1024;

/**
 * The JSON at a URL. A redirect is not followed: it would lead to wherever the server at that URL says, and not the
 * operator.
 * @throws whatever keeps it from being read
 */
export async function fetchJson(url: URL): Promise<unknown> {
  const response = await fetch(url, {
    redirect: 'error',
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`${url.href} answered ${response.status}`);
  }
  return JSON.parse(await textOf(response, url)) as unknown;
}

async function textOf({ body }: Response, url: URL): Promise<string> {
  if (body === null) throw new Error(`${url.href} answered nothing`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    // leaving the loop cancels the rest
    if (bytes > MAX_BYTES) throw new Error(`${url.href} answered more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
