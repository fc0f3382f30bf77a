/**
 * `node scripts/pictures.mjs` makes the README's pictures from real runs on the official result files of the reference
 * material beside the repository (../shared): docs/images/leaderboard.svg shows the command's output in a terminal,
 * docs/images/quality-parameters.svg a chart of `pramana report --charts`.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { built, prepare, referenceMaterial, root } from "./prepare.mjs";

const shared = referenceMaterial("pictures", "results");
prepare();

const { leaderboard } = await built("commands/leaderboard.js");
const { report } = await built("commands/report.js");
const { escapeHtml } = await built("reports/html.js");

const benchmark = "MTEB(eng, v2)";
const results = [join(shared, "results")];
const columns = 116;

/** Draws a terminal. Every line is stretched to its number of characters, whatever font there is. */
const character = { width: 7.8, height: 19 };
const padding = 20;
const bar = 30;
const colors = { ground: "#14171a", text: "#e4e7ea", quiet: "#9aa2ab", accent: "#7fb0ff" };

function terminalSvg(command, lines) {
  const width = Math.ceil(columns * character.width + 2 * padding);
  const shown = [`$ ${command}`, ...lines];
  const height = bar + shown.length * character.height + padding;
  const texts = shown.map((line, i) => {
    if (line === "") return "";
    const color = i === 0 ? colors.accent : i === 1 ? colors.quiet : colors.text;
    const length = ([...line].length * character.width).toFixed(1);
    const y = bar + (i + 0.7) * character.height;
    return `<text x="${padding}" y="${y.toFixed(1)}" fill="${color}" textLength="${length}" xml:space="preserve">${escapeHtml(line)}</text>`;
  });
  const buttons = [0, 1, 2].map((i) => `<circle cx="${padding + 6 + i * 18}" cy="18" r="5" fill="#3a4149"/>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(`Output of ${command}`)}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13">
<rect width="${width}" height="${height}" rx="8" fill="${colors.ground}"/>
${[...buttons, ...texts].filter(Boolean).join("\n")}
</svg>
`;
}

/** A terminal that keeps the printed text. */
function terminal() {
  const printed = [];
  return {
    env: {},
    outWidth: columns,
    out: (text) => printed.push(text),
    err: () => {},
    readInput: async () => "",
    now: () => Date.now() / 1000,
    signal: new AbortController().signal,
    lines: () => printed.join("").trimEnd().split("\n"),
  };
}

const images = join(root, "docs/images");
mkdirSync(images, { recursive: true });
const shell = terminal();
await leaderboard({ results, benchmark }, shell);
const command = `pramana leaderboard --results official --benchmark "${benchmark}"`;
writeFileSync(join(images, "leaderboard.svg"), terminalSvg(command, shell.lines()));

const charts = mkdtempSync(join(tmpdir(), "pramana-pictures-"));
await report({ results, benchmark, charts }, terminal());
copyFileSync(join(charts, "quality-parameters.svg"), join(images, "quality-parameters.svg"));
rmSync(charts, { recursive: true });
console.log("docs/images: leaderboard.svg, quality-parameters.svg");
