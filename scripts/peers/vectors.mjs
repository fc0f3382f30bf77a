import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyModel } from "./models.mjs";
import { isOurs, peers, titleAs, titleOf } from "./records.mjs";
import { floatsOf, startPeer } from "./start.mjs";

/** Texts of a request, and of a batch. */
const atOnce = 4096;
const batch = 32;

/** Of the peers in fp32 the one whose scores the others' are held against. */
const isMeasured = (peer) => !isOurs(peer) && (peer.exact || peer.asked.precision !== "fp32");

/**
 * Scores the peers by their vectors of texts, torch in fp32 first. Those that cannot be opened are told.
 * @param writeTexts Writes the texts of the tasks into a file, a JSON text to a line.
 * @param run Returns the main scores of a model, given as options of `pramana run`.
 */
export async function lossOfPeers(snapshot, writeTexts, run) {
  const folder = mkdtempSync(join(tmpdir(), "pramana-loss-"));
  try {
    const model = join(folder, "model");
    await copyModel(snapshot, model);
    const vectors = join(folder, "vectors");
    mkdirSync(vectors);
    writeTexts(join(vectors, "texts.jsonl"));
    const lines = readFileSync(join(vectors, "texts.jsonl"), "utf8").trim().split("\n");
    const texts = lines.map((line) => JSON.parse(line));
    const rows = [];
    for (const peer of peers.filter(isMeasured)) {
      try {
        const { values, precision } = await vectorsOf(peer, model, texts);
        writeFileSync(join(vectors, "vectors.npy"), npy(values, texts.length));
        const name = titleAs(peer, precision);
        console.error(`${name} …`);
        rows.push({ name, scores: run(["--model", `precomputed:${vectors}`]) });
      } catch (error) {
        console.log(`not measured: ${titleOf(peer)} (${error.message})`);
      }
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function vectorsOf(peer, model, texts) {
  const { next, end, ended, precision } = await startPeer(peer, model);
  try {
    const parts = [];
    for (let start = 0; start < texts.length; start += atOnce) {
      const { vectors } = await next({ texts: texts.slice(start, start + atOnce), batch, vectors: true });
      parts.push(Buffer.from(floatsOf(vectors).buffer));
    }
    return { values: Buffer.concat(parts), precision };
  } finally {
    end();
    await ended;
  }
}

/** Writes float32 rows in NumPy's format (version 1.0): its mark, the header's length, the header, the values. */
function npy(values, rows) {
  const shape = `(${rows}, ${values.length / 4 / rows})`;
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`;
  // The values begin at a multiple of 64 bytes, of which mark and length take ten.
  const padded = `${header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11)}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(padded.length);
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), length, Buffer.from(padded), values]);
}
