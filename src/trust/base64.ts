/**
 * The bytes that canonical base64 stands for, in the standard or the URL-safe alphabet, as DSSE takes both; null for
 * what is written in any other way: without its padding, with spaces, with bits left over, or in both alphabets. Of each
 * alphabet there is one way to write some bytes.
 * Source: RFC 4648, 3.5; DSSE, protocol.md, "base64".
 */
export function canonicalBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  const standard = bytes.toString('base64');
  const urlSafe = standard.replaceAll('+', '-').replaceAll('/', '_');
  return text === standard || text === urlSafe ? bytes : null;
}
