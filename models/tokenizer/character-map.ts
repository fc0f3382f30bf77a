import { isUtf8 } from "node:buffer";

/**
 * A map of characters as sentencepiece writes it (`precompiled_charsmap`, base64): the size of its tree (4 bytes), the
 * tree in units of 4 bytes, the replacements, each closed by a zero. Source: darts-clone.
 */
interface CharacterMap {
  readonly units: Uint32Array;
  readonly replacements: Buffer;
}

function readMap(map: unknown): CharacterMap {
  const bytes = Buffer.from(typeof map === "string" ? map : "", "base64");
  const count = bytes.length < 4 ? 0 : Math.floor(bytes.readUInt32LE(0) / 4);
  const end = Math.min(4 + 4 * count, bytes.length);
  const tree = bytes.subarray(4, end);
  const units = Uint32Array.from({ length: Math.floor(tree.length / 4) }, (_, i) => tree.readUInt32LE(4 * i));
  return { units, replacements: bytes.subarray(end) };
}

/** Returns the length in bytes of the longest replacement of a map; 0 for what is none. */
export function longestReplacement(map: unknown): number {
  const { replacements: bytes } = readMap(map);
  let longest = 0;
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(0, from);
    const stop = end < 0 ? bytes.length : end;
    longest = Math.max(longest, stop - from);
    from = stop + 1;
  }
  return longest;
}

const isLeaf = (unit: number): boolean => unit >>> 31 === 1;
/** Units between a unit and the block in which its children lie, by exclusive or. */
const offsetOf = (unit: number): number => (unit >>> 10) << ((unit & 512) >>> 6);
const hasValue = (unit: number): boolean => (unit & 256) !== 0;

/** Tells whether a text that is looked up in a map leads to no place outside of it, nor into the middle of a character. */
export function isSoundMap(map: unknown): boolean {
  const { units, replacements } = readMap(map);
  if (units.length === 0 || !isUtf8(replacements)) return false;
  const startsCharacter = (at: number): boolean =>
    at === replacements.length || (at < replacements.length && ((replacements[at] ?? 0) & 0xc0) !== 0x80);
  return units.every((unit, i) => {
    if (isLeaf(unit)) return true;
    const children = i ^ offsetOf(unit);
    if ((children | 0xff) >>> 0 >= units.length) return false;
    return !hasValue(unit) || startsCharacter((units[children] ?? 0) & 0x7fffffff);
  });
}
