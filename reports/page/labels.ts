/** A rectangle in pixels, y downwards. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A point that is to be labelled, in pixels. */
export interface Anchor {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** Height of a label in pixels; its text is a little smaller. */
export const labelHeight = 13;

/** Width of a character in pixels: a wide guess, as every system has its own font. */
const characterWidth = 6.4;

/** Pixels between a point's middle and its label. */
const reach = 8;

const touches = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const isWithin = (inner: Box, outer: Box): boolean =>
  inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom;

/** A label with its place, in pixels. */
export interface PlacedLabel {
  readonly text: string;
  /** Start, middle or end of the text, as it is aligned. */
  readonly x: number;
  /** Middle of the height. */
  readonly y: number;
  readonly align: "left" | "center" | "right";
}

/** Returns the places of a label, the best first: beside the point, above, below, then at its corners. */
function placesFor({ x, y, text }: Anchor): PlacedLabel[] {
  const right = { text, x: x + reach, y, align: "left" } as const;
  const left = { text, x: x - reach, y, align: "right" } as const;
  const away = labelHeight / 2 + reach - 1;
  return [
    ...[right, left],
    ...[-away, away].map((lift) => ({ text, x, y: y + lift, align: "center" }) as const),
    ...[right, left].flatMap((one) => [-labelHeight, labelHeight].map((lift) => ({ ...one, y: y + lift }))),
  ];
}

/** Share of a label's width that lies left of its `x`. */
const before = { left: 0, center: 0.5, right: 1 } as const;

function boxOf({ text, x, y, align }: PlacedLabel): Box {
  const width = [...text].length * characterWidth;
  const left = x - width * before[align];
  return { left, top: y - labelHeight / 2, right: left + width, bottom: y + labelHeight / 2 };
}

/**
 * Places labels where they touch neither each other nor an obstacle, each at the first place that is free; one that finds
 * none is left out. The first anchors have the first choice.
 *
 * @param obstacles Points and lines that no label may touch.
 * @param room The area that no label may leave.
 */
export function placeLabels(anchors: readonly Anchor[], obstacles: readonly Box[], room: Box): PlacedLabel[] {
  const taken = [...obstacles];
  return anchors.flatMap((anchor) => {
    const isFree = (box: Box): boolean => isWithin(box, room) && !taken.some((other) => touches(box, other));
    const label = placesFor(anchor).find((one) => isFree(boxOf(one)));
    if (label === undefined) return [];
    taken.push(boxOf(label));
    return [label];
  });
}
