/**
 * The Rust library, with what is used of it. The file is required by `library.ts`, and run as a process of its own by
 * `apart.ts`; it is plain JavaScript, so that the same file serves the sources (tests) and the build.
 */
const { closeSync, openSync, readSync } = require("node:fs");
const { createRequire } = require("node:module");

const { Tokenizer } = loadNative();

/** @typedef {import("./library.ts").Library} Library */
/** @typedef {import("./library.ts").Encoded} Encoded */
/** @typedef {import("./library.ts").LibrarySettings} LibrarySettings */

/**
 * Loads the library. On Linux its own way there asks for a report of the whole process, down to the names of the network's
 * addresses, to learn which C library there is. That takes tens of milliseconds, and the head of Node's file says it too.
 * @returns {typeof import("@anush008/tokenizers")}
 */
function loadNative() {
  const [, linker] = (process.platform === "linux" && /\/ld-(linux|musl)-/.exec(headOf(process.execPath))) || [];
  if (linker === undefined) return require("@anush008/tokenizers");
  const name = `@anush008/tokenizers-linux-${process.arch}-${linker === "musl" ? "musl" : "gnu"}`;
  try {
    return createRequire(require.resolve("@anush008/tokenizers"))(name);
  } catch {
    // It is not installed, or there is none for this processor: the package itself says so.
    return require("@anush008/tokenizers");
  }
}

/**
 * Reads the first bytes of a program, among which a Linux program names its dynamic linker.
 * @param {string} path
 */
function headOf(path) {
  const head = Buffer.alloc(4096);
  try {
    const file = openSync(path, "r");
    readSync(file, head);
    closeSync(file);
  } catch {}
  return head.toString("latin1");
}

/**
 * Opens a definition, the text of a `tokenizer.json`.
 * @param {LibrarySettings} settings
 * @returns {Library}
 */
function open({ definition, truncation }) {
  const rust = Tokenizer.fromString(definition);
  /** @param {import("./library.ts").Truncation} truncation */
  const truncate = ({ maxTokens, side }) => rust.setTruncation(maxTokens, { direction: side });
  if (truncation) truncate(truncation);
  return {
    truncate: async (chosen) => truncate(chosen),
    encode: async (inputs, { specialTokens, tail = 0 }) => {
      const options = { addSpecialTokens: specialTokens };
      const texts = inputs.filter((input) => typeof input === "string");
      const encodings =
        texts.length === inputs.length
          ? await rust.encodeBatch(texts, options)
          : await Promise.all(
              inputs.map((input) =>
                typeof input === "string"
                  ? rust.encode(input, null, options)
                  : rust.encode(input[0], input[1], options),
              ),
            );
      return encodings.map((encoding, i) => ({
        ids: Int32Array.from(encoding.getIds()),
        ...(typeof inputs[i] === "string" ? {} : { types: Int32Array.from(encoding.getTypeIds()) }),
        ...(tail > 0 ? { tail: tailOf(encoding, tail) } : {}),
      }));
    },
  };
}

/**
 * @param {import("@anush008/tokenizers").JsEncoding} encoding
 * @param {number} most
 * @returns {import("./library.ts").Tail}
 */
function tailOf(encoding, most) {
  const length = encoding.getLength();
  const first = Math.max(0, length - most);
  const tokens = Array.from({ length: length - first }, (_, i) => first + i);
  // The library gives the two ends, its types a sequence's number before them.
  const placeOf = (/** @type {number} */ token) => /** @type {unknown} */ (encoding.tokenToChars(token));
  const places = tokens.map((token) => /** @type {[number, number]} */ (placeOf(token) ?? [0, 0]));
  const words = Int32Array.from(tokens, (token) => encoding.tokenToWord(token) ?? -1);
  return {
    oneWord: length > 0 && encoding.tokenToWord(0) === words.at(-1),
    words,
    starts: Int32Array.from(places, ([start]) => start),
    ends: Int32Array.from(places, ([, end]) => end),
  };
}

if (require.main === module) {
  /** @type {Library | undefined} */
  let library;
  process.on("message", async (/** @type {import("./apart.ts").Call} */ { settings, inputs, options }) => {
    try {
      if (settings) library = open(settings);
      process.send?.({ value: settings ? [] : await library?.encode(inputs, options) });
    } catch (error) {
      process.send?.({ error: error instanceof Error ? error.message : String(error) });
    }
  });
  // Nobody waits for an answer any more; the library's threads would keep an ordinary exit waiting.
  process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
}

module.exports = { open };
