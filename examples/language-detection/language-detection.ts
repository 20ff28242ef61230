import { detectAll } from 'tinyld';

import { fromText, inputError, type Versions } from '../algorithm';

const MAX_CANDIDATES = 5;

export interface DetectedLanguage {
  /** ISO 639-1; null where the text gives no hint (digits, say). */
  readonly language: string | null;
  /** Best first; the confidences of all languages add up to at most 1. */
  readonly candidates: readonly { readonly language: string; readonly confidence: number }[];
}

/** The language in which `text` is written, by its n-grams. */
export function detectLanguage(text: string): DetectedLanguage {
  if (text.trim() === '') throw inputError('expected a text that is not empty');
  const candidates = detectAll(text)
    .slice(0, MAX_CANDIDATES)
    .map(({ lang, accuracy }) => ({ language: lang, confidence: accuracy }));
  return { language: candidates[0]?.language ?? null, candidates };
}

export const VERSIONS: Versions = { '1.0.0': fromText(detectLanguage) };
