/** Decodes a text that arrives in pieces. */
interface Decoder {
  /** Returns the text of the bytes so far that were not returned yet. Throws for bytes that stand for nothing. */
  decode(piece: Uint8Array): string;
  /** Ends the text. Throws where a character is cut off. */
  end(): string;
}

/** Decodes a whole text: keeps a byte order mark, and throws for what is not UTF-8. */
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
export const utf8Text = (bytes: Uint8Array): string => strictUtf8.decode(bytes);

/** Way in which texts are written as bytes. */
export interface Encoding {
  /** Name for messages, such as `UTF-8`. */
  readonly name: string;
  readonly open: () => Decoder;
}

function standard(label: string, ignoreBOM = false, check: (text: string) => void = () => undefined): () => Decoder {
  return () => {
    const decoder = new TextDecoder(label, { fatal: true, ignoreBOM });
    const checked = (text: string): string => {
      check(text);
      return text;
    };
    return {
      decode: (piece) => checked(decoder.decode(piece, { stream: true })),
      end: () => checked(decoder.decode()),
    };
  };
}

/** Bytes that one of Windows' code pages gives no meaning are control characters to `TextDecoder`. */
function refuseControls(text: string): void {
  if (/[\u0080-\u009f]/.test(text)) throw new RangeError("a byte without meaning");
}

function bytewise(characterOf: (byte: number) => string | undefined): () => Decoder {
  const table = Array.from({ length: 256 }, (_, byte) => characterOf(byte));
  return () => ({
    decode(piece) {
      let text = "";
      for (const byte of piece) {
        const character = table[byte];
        if (character === undefined) throw new RangeError("a byte without meaning");
        text += character;
      }
      return text;
    },
    end: () => "",
  });
}

/** Windows-1252 from 0x80 to 0x9f, a blank where it has no character: decoders of Node 20 take it for ISO 8859-1. */
const western = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

/** UTF-16, told by its mark at the start; little-endian without one, as on every machine that this runs on. */
function openUtf16(): Decoder {
  let decoder: Decoder | undefined;
  let start = new Uint8Array();
  return {
    decode(piece) {
      if (decoder) return decoder.decode(piece);
      start = Buffer.concat([start, piece]);
      if (start.length < 2) return "";
      decoder = standard(start[0] === 0xfe && start[1] === 0xff ? "utf-16be" : "utf-16le")();
      return decoder.decode(start);
    },
    end() {
      if (decoder) return decoder.end();
      if (start.length > 0) throw new RangeError("half a character");
      return "";
    },
  };
}

export const utf8: Encoding = { name: "UTF-8", open: standard("utf-8") };

/**
 * Encodings by Python's name for them, in small letters without hyphens and the like, as far as their decoders here and
 * Python's give the same texts (compared byte by byte, pairs of bytes for GBK and EUC-KR).
 */
const encodings: Readonly<Record<string, Encoding>> = {
  utf8,
  u8: utf8,
  utf8sig: utf8,
  utf16: { name: "UTF-16", open: openUtf16 },
  utf16le: { name: "UTF-16 (little-endian)", open: standard("utf-16le", true) },
  utf16be: { name: "UTF-16 (big-endian)", open: standard("utf-16be", true) },
  ascii: { name: "ASCII", open: bytewise((byte) => (byte < 128 ? String.fromCharCode(byte) : undefined)) },
  latin1: { name: "ISO 8859-1", open: bytewise((byte) => String.fromCharCode(byte)) },
  cp1252: {
    name: "Windows-1252",
    open: bytewise((byte) => {
      if (byte < 0x80 || byte > 0x9f) return String.fromCharCode(byte);
      return western[byte - 0x80] === " " ? undefined : western[byte - 0x80];
    }),
  },
  ...Object.fromEntries(
    [1250, 1251, 1253, 1254, 1255, 1256, 1257, 1258].map((page) => [
      `cp${page}`,
      { name: `Windows-${page}`, open: standard(`windows-${page}`, true, refuseControls) },
    ]),
  ),
  ...Object.fromEntries(
    [2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15].map((part) => [
      `iso8859${part}`,
      { name: `ISO 8859-${part}`, open: standard(`iso-8859-${part}`, true) },
    ]),
  ),
  koi8r: { name: "KOI8-R", open: standard("koi8-r", true) },
  koi8u: { name: "KOI8-U", open: standard("koi8-u", true) },
  gbk: { name: "GBK", open: standard("gbk", true) },
  euckr: { name: "EUC-KR", open: standard("euc-kr", true) },
};

/** Other names of the same encodings. */
const aliases: Readonly<Record<string, string>> = {
  usascii: "ascii",
  iso88591: "latin1",
  l1: "latin1",
  cp819: "latin1",
  cp936: "gbk",
};

/** Finds an encoding by the name that Python knows it by; undefined for one that is not read here. */
export function findEncoding(name: string): Encoding | undefined {
  const key = name
    .toLowerCase()
    .replace(/[-_ ]/g, "")
    .replace(/^windows/, "cp");
  const known = aliases[key] ?? key;
  return Object.hasOwn(encodings, known) ? encodings[known] : undefined;
}
