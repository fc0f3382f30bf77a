/** The tables of docs/measurements/work.md. */
import { numberTable, putBetween, textTable } from "../marked-text.mjs";
import { figures } from "./figures.mjs";
import { runs } from "./runs.mjs";

const page = "docs/measurements/work.md";
const marks = (what) => [`<!-- ${what} -->`, `<!-- end of ${what} -->`];
const number = (value) => value.toLocaleString("en-US");
const percent = (share) => `${Number((share * 100).toFixed(1))} %`;

/** Writes what each figure is, and its bound. */
function figuresTable() {
  const bound = ({ slack, because }) =>
    slack === undefined ? "equal: the same every time" : `at most ${percent(slack)} more: ${because}`;
  const rows = Object.entries(figures).map(([name, figure]) => [name, figure.what, bound(figure)]);
  return textTable(["figure", "what it is", "bound"], rows);
}

/** Writes the counted figures of all runs, a column for each run in two tables. */
function countsTables(expected) {
  const half = Math.ceil(runs.length / 2);
  return [runs.slice(0, half), runs.slice(half)]
    .map((some) =>
      numberTable(
        ["", ...some.map(({ name }) => name)],
        Object.keys(figures).map((name) => [name, ...some.map((run) => number(expected[run.name][name]))]),
      ),
    )
    .join("\n\n");
}

/** Writes the figures and what was counted into the page. */
export function writeFigures(expected) {
  const list = runs.map(({ name, about, args }) => [name, about, `\`${args.join(" ")}\``]);
  putBetween(page, marks("figures"), figuresTable());
  putBetween(page, marks("runs"), textTable(["run", "what it is", "its command"], list));
  putBetween(page, marks("counts"), countsTables(expected));
}

/** Writes which figures noticed each fault: `{ name, run, off }`, `off` as `differences` has it. */
export function writeFaults(noticed) {
  const rows = noticed.map(({ name, run, off }) => [name, run, off.map(short).join("; ")]);
  putBetween(page, marks("faults"), textTable(["fault", "run", "figures that tell"], rows));
}

/** `runs 8, expected 11 (calls of sessions)` as `runs 11 → 8`. */
function short(line) {
  const [, name, counted, expected] = /^(\w+) (\d+), expected (\d+)/.exec(line);
  return `${name} ${number(Number(expected))} → ${number(Number(counted))}`;
}
