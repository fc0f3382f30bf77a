/**
 * The letters that byte-level tokenizers write bytes with: printable characters of Latin-1 stand for themselves, the
 * other bytes for the letters from U+0100 on, in order. Source: GPT-2, `bytes_to_unicode`.
 */
const letters: readonly string[] = (() => {
  const isPrintable = (byte: number): boolean => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
})();

/** Writes the UTF-8 bytes of a text in these letters. */
export const inByteLetters = (text: string): string => Array.from(Buffer.from(text), (byte) => letters[byte]).join("");
