/** @import { Axis } from "./front.mjs" */
/** @import { Profile, Profiles } from "./profiles.mjs" */
/** @import { Point, Scatter } from "./scatter.mjs" */
/** @import { Branch, Tree } from "./tree.mjs" */
import { noValue } from "./format.mjs";
import { fourDigits, strip } from "./scatter.mjs";
import { h } from "./tree.mjs";

/**
 * @typedef {object} Colors The colours of a chart, as SVG has them.
 * @property {string} ink
 * @property {string} quiet
 * @property {string} rule
 * @property {string} accent
 * @property {string} ground
 * @property {string} raised
 */

/** @type {Colors} The page's own colours: its charts turn dark with it. */
export const pageColors = {
  ink: "var(--ink)",
  quiet: "var(--quiet)",
  rule: "var(--rule)",
  accent: "var(--accent)",
  ground: "var(--ground)",
  raised: "var(--raised)",
};

const font = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

/** @param {number} value */
const px = (value) => String(Number(value.toFixed(1)));

/**
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {Record<string, string | number | undefined>} [attributes]
 */
const textAt = (text, x, y, attributes = {}) =>
  h("text", { x: px(x), y: px(y), "dominant-baseline": "central", ...attributes }, text);

/**
 * Makes a picture of a size in pixels, with the place of its origin.
 *
 * @param {{ width: number, height: number, left: number, top: number }} size
 * @param {Record<string, string>} attributes
 * @param {readonly (Tree | undefined | false)[]} children
 * @param {string} [ground] Absent where none is drawn.
 */
export function picture({ width, height, left, top }, attributes, children, ground) {
  return h(
    "svg",
    {
      ...{ xmlns: "http://www.w3.org/2000/svg", width: px(width), height: px(height) },
      ...{ viewBox: `0 0 ${px(width)} ${px(height)}`, "font-family": font, "font-size": 11, ...attributes },
    },
    ground !== undefined && h("rect", { width: "100%", height: "100%", fill: ground }),
    h("g", { transform: `translate(${px(left)} ${px(top)})` }, children),
  );
}

/**
 * Draws a model: a diamond for one's own runs, a ring for scores of others; a disc where all are of one origin.
 *
 * @param {Point} point
 * @param {boolean} isMixed
 * @param {Colors} colors
 */
function pointMark({ x, y, model, onFront, description }, isMixed, { accent, quiet, ground }) {
  const color = onFront ? accent : quiet;
  const isOwn = model.origin === "pramana";
  const paint = { fill: isMixed && !isOwn ? ground : color, stroke: color, "stroke-width": 1.6 };
  const shape =
    isMixed && isOwn
      ? h("path", { d: `M${px(x)},${px(y - 6)}l6,6l-6,6l-6,-6Z`, ...paint })
      : h("circle", { cx: px(x), cy: px(y), r: 4, ...paint });
  return h("g", { role: "img", "aria-label": description }, h("title", {}, description), shape);
}

/**
 * Draws quality against cost.
 *
 * @param {Scatter} scatter
 * @param {{ axis: Axis, quality: string, isMixed: boolean }} about
 * @param {Colors} colors
 * @param {{ padding: number, ground?: string }} frame
 * @returns {Branch}
 */
export function drawScatter(scatter, { axis, quality, isMixed }, colors, { padding, ground }) {
  const { plot, points, line, labels, xTicks, yTicks, lacksCost, lacksQuality } = scatter;
  const { width, height } = plot;
  const { ink, quiet, rule, accent, raised } = colors;
  const [left, top] = [50 + padding, 14 + padding];
  const below = height + (lacksQuality ? strip.away + strip.half : 0);
  const right = width + (lacksCost ? strip.away + strip.half : 6);
  const path = line.map(([x, y], i) => `${i === 0 ? "M" : "L"}${px(x)},${px(y)}`).join("");
  const box = { fill: raised, rx: 4 };
  const { away, half } = strip;
  const children = [
    ...yTicks.map(({ at }) => h("path", { d: `M0,${px(at)}H${px(width)}`, stroke: rule })),
    ...yTicks.map(({ at, value }) => textAt(String(value), -8, at, { "text-anchor": "end", fill: quiet })),
    ...xTicks.map(({ at, value }) =>
      textAt(fourDigits(value), at, below + 14, { "text-anchor": "middle", fill: quiet }),
    ),
    textAt(axis.title, width / 2, below + 36, { "text-anchor": "middle", fill: ink, "font-size": 12 }),
    h(
      "g",
      { transform: `translate(-42 ${px(height / 2)}) rotate(-90)` },
      textAt(`${quality} (percent)`, 0, 0, { "text-anchor": "middle", fill: ink, "font-size": 12 }),
    ),
    lacksCost && h("rect", { x: px(width + away - half), y: 0, width: half * 2, height: px(height), ...box }),
    lacksCost && textAt(axis.lack, right, -8, { "text-anchor": "end", fill: quiet }),
    lacksQuality && h("rect", { x: 0, y: px(height + away - half), width: px(width), height: half * 2, ...box }),
    lacksQuality && textAt("no score", -4, height + away, { "text-anchor": "end", fill: quiet }),
    path !== "" && h("path", { d: path, fill: "none", stroke: accent, "stroke-width": 1.5, class: "front" }),
    ...points.map((point) => pointMark(point, isMixed, colors)),
    ...labels.map(({ text, x, y, align, onFront }) =>
      textAt(text, x, y, { "text-anchor": align, fill: onFront ? ink : quiet }),
    ),
  ];
  const size = { width: left + right + padding, height: top + below + 46 + padding, left, top };
  return picture(size, { role: "group", "aria-label": `${quality} against ${axis.name}` }, children, ground);
}

/** Pixels of a profile: its names, its bars, its numbers, and the height of a row. */
const profileSize = { names: 74, bars: 130, numbers: 40, row: 17 };

/**
 * Returns the size of a profile in pixels.
 *
 * @param {Profile} profile
 */
export const sizeOfProfile = ({ rows }) => ({
  width: profileSize.names + profileSize.bars + profileSize.numbers,
  height: rows.length * profileSize.row,
});

/**
 * Draws a model's scores by part: bars of what lies above or below the reference, and the scores as numbers.
 *
 * @param {Profile} profile
 * @param {Pick<Profiles, "domain">} scale
 * @param {Colors} colors
 * @returns {readonly Branch[]}
 */
export function drawProfile({ rows }, { domain: [low, high] }, { ink, quiet, rule, accent }) {
  const { names, bars, row } = profileSize;
  const xOf = (/** @type {number} */ value) => names + ((value - low) / (high - low)) * bars;
  return [
    ...rows.map(({ difference }, i) => {
      const [from, to] = [xOf(Math.min(0, difference)), xOf(Math.max(0, difference))];
      const fill = difference >= 0 ? accent : quiet;
      return h("rect", { x: px(from), y: i * row + 4, width: px(to - from), height: 9, fill });
    }),
    h("path", { d: `M${px(xOf(0))},0V${rows.length * row}`, stroke: rule }),
    ...rows.flatMap(({ part, score }, i) => [
      textAt(part, names - 8, i * row + row / 2, { "text-anchor": "end", fill: quiet }),
      textAt(score === null ? noValue : score.toFixed(1), names + bars + 36, i * row + row / 2, {
        ...{ "text-anchor": "end", fill: ink },
      }),
    ]),
  ];
}
