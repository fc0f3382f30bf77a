import { brotliDecompressSync, unzipSync } from "node:zlib";
import { limits, seeLimits, sizeText } from "./limits.ts";
import type { Unpack } from "./parquet-pages.ts";

const magic = 0xfd2fb528;
const blockBytes = 2 ** 17;
const longestWindow = 2 ** 27;
const spareBlocks = 64;

/**
 * Checks that the frames of a zstd stream unpack to at most `length` bytes: its decoder takes as much memory as their
 * heads announce, and a block of four bytes may stand for 128 KiB. Source: RFC 8878, section 3.1.
 */
export function checkZstd(packed: Uint8Array, length: number): void {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  let at = 0;
  let announced = 0;
  while (at < packed.length) {
    if (view.getUint32(at, true) !== magic) throw new Error("a zstd page with something else in it");
    const flags = view.getUint8(at + 4);
    const [isSingle, hasSum] = [(flags & 0x20) !== 0, (flags & 4) !== 0];
    const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6];
    at += 5;
    if (!isSingle) {
      const window = view.getUint8(at++);
      const base = 2 ** (10 + (window >> 3));
      if (base + (base / 8) * (window & 7) > longestWindow) throw new Error("a zstd page that looks back too far");
    }
    at += [0, 1, 2, 4][flags & 3];
    const size = readSize(view, at, sizeBytes);
    at += sizeBytes;
    const blocks = skipBlocks(view, at);
    announced += size ?? blocks.plain;
    // The size of an unpacked block cannot be told beforehand; writers make few that are not full.
    const most = blocks.plain + blocks.packed * blockBytes;
    if (announced > length || (size === undefined && most > 2 * length + spareBlocks * blockBytes)) {
      throw new Error(`a zstd page of ${size ?? most} bytes where ${length} are announced`);
    }
    at = blocks.end + (hasSum ? 4 : 0);
  }
}

function readSize(view: DataView, at: number, bytes: number): number | undefined {
  if (bytes === 0) return undefined;
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256;
  return bytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}

/** Returns the end of a frame's blocks, the bytes of plain and repeated ones, and the number of packed ones. */
function skipBlocks(view: DataView, start: number): { end: number; plain: number; packed: number } {
  let at = start;
  let plain = 0;
  let packed = 0;
  for (;;) {
    const head = view.getUint8(at) | (view.getUint16(at + 1, true) << 8);
    at += 3;
    const [kind, size] = [(head >> 1) & 3, head >> 3];
    if (kind === 3) throw new Error("a zstd block of an unknown kind");
    if (size > blockBytes) throw new Error(`a zstd block of ${size} bytes`);
    if (kind === 2) packed++;
    else plain += size;
    at += kind === 1 ? 1 : size;
    if (at > view.byteLength) throw new Error("a zstd page that is cut off");
    if (head & 1) return { end: at, plain, packed };
  }
}

/**
 * Makes unpackers of parquet's codecs that take no more memory than the length that is announced for a page, and none
 * for one that is too long.
 */
export function boundedUnpackers(unpackers: Readonly<Record<string, Unpack>>): Readonly<Record<string, Unpack>> {
  const own: Readonly<Record<string, Unpack>> = {
    ...unpackers,
    GZIP: (packed, length) => unzipSync(packed, { maxOutputLength: Math.max(1, length) }),
    BROTLI: (packed, length) => brotliDecompressSync(packed, { maxOutputLength: Math.max(1, length) }),
    ZSTD: (packed, length) => {
      checkZstd(packed, length);
      return unpackers["ZSTD"]?.(packed, length) ?? packed;
    },
  };
  return Object.fromEntries(
    Object.entries(own).map(([codec, unpack]) => [
      codec,
      (packed, length) => {
        if (!(length >= 0 && length <= limits.parquetPage)) {
          throw new Error(
            `a page of ${length} bytes, at most ${sizeText(limits.parquetPage)} are unpacked; ${seeLimits}`,
          );
        }
        // A page without values is empty however its codec writes that: the LZ4 decoder knows no block of no bytes.
        return length === 0 ? new Uint8Array(0) : unpack(packed, length);
      },
    ]),
  );
}
