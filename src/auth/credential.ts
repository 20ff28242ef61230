/**
 * The key or token in an `Authorization` header: `Simple KEY`, the bare `KEY`, or `Bearer KEY`. All three are in use
 * by clients of the wire protocol (chapter 4). Null where the header is absent or empty.
 */
export function credentialOf(authorization: string | undefined): string | null {
  const text = authorization?.trim() ?? '';
  if (text === '') return null;
  const space = text.indexOf(' ');
  if (space < 0) return text;
  const scheme = text.slice(0, space).toLowerCase();
  return scheme === 'simple' || scheme === 'bearer' ? text.slice(space + 1).trim() : text;
}
