/** How much a media type is wanted, from 0 to 1, where `Accept` names it; null where it does not. */
export function qualityOf(type: string, accept = ''): number | null {
  for (const range of accept.split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    if (name !== type) continue;
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return quality === undefined ? 1 : Number(quality.slice('q='.length)) || 0;
  }
  return null;
}
