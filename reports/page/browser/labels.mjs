/** @typedef {{ readonly left: number, readonly top: number, readonly right: number, readonly bottom: number }} Box In pixels, y downwards. */
/** @typedef {{ readonly x: number, readonly y: number, readonly text: string }} Anchor A point that is to be labelled, in pixels. */
/**
 * @typedef {object} PlacedLabel A label with its place, in pixels.
 * @property {string} text
 * @property {number} x Start, middle or end of the text, as it is aligned.
 * @property {number} y Middle of the height.
 * @property {"start" | "middle" | "end"} align
 */

/** Height of a label in pixels; its text is a little smaller. */
export const labelHeight = 13;

/** Width of a character in pixels: a wide guess, as every system has its own font. */
const characterWidth = 6.4;

/** Pixels between a point's middle and its label. */
const reach = 8;

/**
 * @param {Box} a
 * @param {Box} b
 */
const touches = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/**
 * @param {Box} inner
 * @param {Box} outer
 */
const isWithin = (inner, outer) =>
  inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom;

/**
 * Returns the places of a label, the best first: beside the point, above, below, then at its corners.
 *
 * @param {Anchor} anchor
 * @returns {PlacedLabel[]}
 */
function placesFor({ x, y, text }) {
  const right = /** @type {const} */ ({ text, x: x + reach, y, align: "start" });
  const left = /** @type {const} */ ({ text, x: x - reach, y, align: "end" });
  const away = labelHeight / 2 + reach - 1;
  return [
    ...[right, left],
    ...[-away, away].map((lift) => /** @type {const} */ ({ text, x, y: y + lift, align: "middle" })),
    ...[right, left].flatMap((one) => [-labelHeight, labelHeight].map((lift) => ({ ...one, y: y + lift }))),
  ];
}

/** Share of a label's width that lies left of its `x`. */
const before = { start: 0, middle: 0.5, end: 1 };

/**
 * @param {PlacedLabel} label
 * @returns {Box}
 */
function boxOf({ text, x, y, align }) {
  const width = [...text].length * characterWidth;
  const left = x - width * before[align];
  return { left, top: y - labelHeight / 2, right: left + width, bottom: y + labelHeight / 2 };
}

/**
 * Places labels where they touch neither each other nor an obstacle, each at the first place that is free; one that finds
 * none is left out. The first anchors have the first choice.
 *
 * @template {Anchor} One
 * @param {readonly One[]} anchors
 * @param {readonly Box[]} obstacles Points and lines that no label may touch.
 * @param {Box} room The area that no label may leave.
 * @returns {(PlacedLabel & { readonly of: One })[]}
 */
export function placeLabels(anchors, obstacles, room) {
  const taken = [...obstacles];
  return anchors.flatMap((anchor) => {
    const isFree = (/** @type {Box} */ box) => isWithin(box, room) && !taken.some((other) => touches(box, other));
    const label = placesFor(anchor).find((one) => isFree(boxOf(one)));
    if (label === undefined) return [];
    taken.push(boxOf(label));
    return [{ ...label, of: anchor }];
  });
}
