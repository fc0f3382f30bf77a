/**
 * `node scripts/journeys.mjs [PAGE …]` runs the commands of docs/journeys/ (`journeys/journeys.mjs`) as a user would, each
 * journey in an empty folder, in a terminal of 80 columns, with real models and data of the reference material beside the
 * repository (../shared, or PRAMANA_SHARED) and no network, and writes their output into the pages. `--check` writes
 * nothing and says what differs from the pages but for times, sizes and machines; it ends with 1 where something does, as
 * both do where a command ends with another status than it should. `--columns N` shows other windows, on standard output.
 * Needs `script` and `stty` (Linux).
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { journeys } from "./journeys/journeys.mjs";
import { needs } from "./journeys/needs.mjs";
import { prepare, referenceMaterial, root } from "./prepare.mjs";

const options = { check: { type: "boolean", default: false }, columns: { type: "string", default: "80" } };
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const shared = referenceMaterial("journeys");
prepare();

const esc = "\u001b";
const sequences = new RegExp(`${esc}\\[[0-9;?]*[A-Za-z]`, "g");

/** What a terminal shows of a line in the end: what stands behind its last erasure, or the last text from its beginning. */
function endOf(line) {
  let shown = "";
  for (const part of line.split("\r")) {
    const erased = part.lastIndexOf(`${esc}[K`);
    shown = erased < 0 ? part + shown.slice(part.length) : part.slice(erased + 3);
  }
  return shown.replace(sequences, "");
}

/** Runs a line of the shell in a terminal; returns what it shows in the end, and the exit status. */
function inTerminal(line, cwd, env, columns) {
  const status = join(cwd, "..", "status");
  const command = `stty cols ${columns} rows 50; ${line}; echo $? > ${status}`;
  const { stdout } = spawnSync("script", ["-qec", `bash -c '${command.replaceAll("'", "'\\''")}'`, "/dev/null"], {
    ...{ cwd, env, encoding: "utf8", maxBuffer: 2 ** 26 },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const shown = stdout.replaceAll("\r\n", "\n").split("\n").map(endOf).join("\n").trimEnd();
  return { shown, status: Number(readFileSync(status, "utf8")) };
}

/** Makes a user's folder: a home with the Hub's cache, `pramana` on the path, and what the journey needs. */
async function openHome(journey) {
  const scratch = mkdtempSync(join(tmpdir(), "journey-"));
  const [cwd, bin, cache] = ["work", "bin", ".cache/huggingface"].map((name) => join(scratch, name));
  for (const folder of [cwd, bin, cache]) mkdirSync(folder, { recursive: true });
  symlinkSync(join(shared, "hub"), join(cache, "hub"));
  writeFileSync(join(bin, "pramana"), `#!/bin/sh\nexec "${process.execPath}" "${join(root, "dist/cli.js")}" "$@"\n`);
  chmodSync(join(bin, "pramana"), 0o755);
  for (const need of journey.needs) await needs[need](shared, join(cwd, need));
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: scratch,
    HF_HUB_OFFLINE: "1",
    TERM: "xterm",
    LANG: "C.UTF-8",
  };
  return { scratch, cwd, env };
}

/** Writes the command as it can be copied, in several lines where it is long. */
function commandText(line) {
  const lines = [];
  for (const word of line.split(/ (?=--?[a-z]|& |[|>] )/)) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length === 0 || longer.length > 74) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return `$ ${lines.join(" \\\n    ")}`;
}

const blockOf = (text) => `\`\`\`\n${text}\n\`\`\``;

/** Runs a journey; returns its page. */
async function pageOf(journey, columns) {
  const { scratch, cwd, env } = await openHome(journey);
  const parts = [`# ${journey.title}`, journey.intro];
  try {
    for (const { say, run, status: expected = 0 } of journey.steps) {
      const { shown, status } = inTerminal(run, cwd, env, columns);
      if (status !== expected) fail(`${journey.page}: status ${status} instead of ${expected}: ${run}\n${shown}`);
      const own = shown.replaceAll(scratch, "~").replaceAll(/\bon \w[\w.-]* is at it/g, "on HOST is at it");
      parts.push(say, blockOf([commandText(run), own].filter((text) => text !== "").join("\n")));
      if (expected !== 0) parts.push(`It ends with ${expected}.`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  const links = journey.more.map((link) => `[${link}](../${link})`).join(", ");
  return `${parts.join("\n\n")}\n\nMore of it: ${links}.\n`;
}

function fail(text) {
  console.error(`journeys: ${text}`);
  process.exitCode = 1;
}

/** Takes out of a page what differs from run to run: times, sizes and rates, and of loose steps all numbers. */
function steady(page, { steps }) {
  const loose = new Set(steps.flatMap(({ run, loose: isLoose }) => (isLoose ? [commandText(run)] : [])));
  return page
    .split("```")
    .map((block) => ([...loose].some((command) => block.startsWith(`\n${command}\n`)) ? looseBlock(block) : block))
    .join("```")
    .replace(/\d[\d.,]*(?= ?(?:s|ms|min|kB|MB|GB|bytes|texts\/s)\b)/g, "…")
    .replace(/ +\d+\.\d$/gm, " …");
}

/** What stays of a loose block: its command, and the words of its lines that have no number. */
const looseBlock = (block) =>
  block
    .split("\n")
    .map((line) =>
      line
        .replace(/[\d.,]+|█|░/g, "")
        .replace(/\s+/g, " ")
        .trim(),
    )
    .filter((line, i) => i < 2 || !/[|%]|^\w*-\w*-\w*:/.test(line))
    .join("\n");

for (const journey of journeys) {
  if (positionals.length > 0 && !positionals.includes(journey.page)) continue;
  const page = await pageOf(journey, Number(values.columns));
  const file = join(root, "docs/journeys", `${journey.page}.md`);
  if (values.columns !== "80") console.log(page);
  else if (!values.check) writeFileSync(file, page);
  else {
    const [before, now] = [existsSync(file) ? readFileSync(file, "utf8") : "", page].map((text) =>
      steady(text, journey).split("\n"),
    );
    const differing = now.filter((line, i) => line !== before[i]);
    if (differing.length > 0 || before.length !== now.length) {
      fail(
        `${journey.page}.md differs, first here:\n- ${before.find((line, i) => line !== now[i])}\n+ ${differing[0]}`,
      );
    } else console.log(`${journey.page}.md: as it is there`);
  }
}
