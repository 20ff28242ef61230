/** Classes of characters, by UTF-16 code unit. `NaN`, which `charCodeAt` gives past the end, is in none of them. */
export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export function isLowerCase(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}

export function isLetter(code: number): boolean {
  return isLowerCase(code) || (code >= 0x41 && code <= 0x5a);
}

export function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 0x61 && code <= 0x66) || (code >= 0x41 && code <= 0x46);
}

/** `[0-9A-Za-z-]`: what identifiers of a semantic version are made of. */
export function isIdentifierCharacter(code: number): boolean {
  return isDigit(code) || isLetter(code) || code === 0x2d;
}

/** True when `text` has at least one character and all of them are in the class. Linear. */
export function isAll(text: string, isInClass: (code: number) => boolean): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (!isInClass(text.charCodeAt(index))) return false;
  }
  return text.length > 0;
}
