/** Runs a command line of the built program under `count.cjs`, in a folder of its own. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeTexts } from "../made-up-texts.mjs";
import { root } from "../prepare.mjs";
import { generator } from "../random.mjs";
import { sumFigures } from "./sum.mjs";

/**
 * The heap is sampled at set distances, and code is optimized by the thread that runs it, not by another one some time
 * later: code that is not optimized yet allocates more, so that a busy machine counted up to 60 % more.
 */
const counting = [
  ...["--sampling-heap-profiler-suppress-randomness", "--no-concurrent-recompilation"],
  ...["--require", join(root, "scripts/work/count.cjs")],
];

/**
 * Returns the figures of a run of `runs.mjs`.
 * @param program The program's first file: the built one's, or a copy's with a fault (`plant.mjs`).
 */
export function measureRun({ args, before = [] }, program = join(root, "dist/cli.js")) {
  const folder = mkdtempSync(join(tmpdir(), "pramana-work-"));
  try {
    writeInputs(folder);
    const counts = join(folder, "counts");
    mkdirSync(counts);
    for (const uncounted of before) start(folder, [program, ...uncounted]);
    start(folder, [...counting, program, ...args], { PRAMANA_WORK: counts });
    return sumFigures(counts);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function start(folder, args, more = {}) {
  const caches = { HF_HUB_OFFLINE: "1", HF_HUB_CACHE: join(folder, "hub"), PRAMANA_CACHE: join(folder, "vectors") };
  const given = args.map((arg) => arg.replace("FIXTURES", join(root, "models/fixtures")));
  const { status, stderr } = spawnSync(process.execPath, given, {
    cwd: folder,
    env: { PATH: process.env.PATH, ...caches, ...more },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`work: ${args.join(" ")} ended with ${status}: ${stderr}`);
}

/** Writes the texts and the task that runs name. */
function writeInputs(folder) {
  const random = { random: generator(42) };
  writeFileSync(join(folder, "texts.json"), JSON.stringify(makeTexts(256, random)));
  const rows = makeTexts(200, random).map((text) => {
    const turned = text.split(" ").reverse().join(" ");
    return `${JSON.stringify({ sentence1: text, sentence2: turned })}\n`;
  });
  mkdirSync(join(folder, "bitext"));
  writeFileSync(join(folder, "bitext/test.jsonl"), rows.join(""));
  const task = {
    name: "MadeUpBitext",
    type: "BitextMining",
    dataset: { path: "./bitext" },
    languages: { default: ["eng-Latn"] },
  };
  writeFileSync(join(folder, "bitext.json"), JSON.stringify(task));
}
