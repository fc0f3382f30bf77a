/** A rectangle in pixels, y downwards. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A point that wants a label, in pixels. */
export interface Anchor {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** Pixels of a label's height; its text is a little smaller. */
export const labelHeight = 13;

/** Width of a character at the size that charts are labelled in: a wide guess, as every system has its own font. */
const characterWidth = 6.1;

/** Pixels between a point's middle and its label. */
const reach = 8;

const touches = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const isWithin = (inner: Box, outer: Box): boolean =>
  inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom;

/** Where a label may stand, the best place first: beside the point, above, below, then at its corners. */
function placesFor({ x, y, text }: Anchor): Box[] {
  const width = [...text].length * characterWidth;
  const at = (left: number, middle: number): Box => ({
    left,
    top: middle - labelHeight / 2,
    right: left + width,
    bottom: middle + labelHeight / 2,
  });
  const lifts = [0, -labelHeight, labelHeight];
  const beside = [x + reach, x - reach - width];
  return [
    ...beside.map((left) => at(left, y)),
    ...[-1, 1].map((side) => at(x - width / 2, y + side * (labelHeight / 2 + reach - 1))),
    ...beside.flatMap((left) => lifts.slice(1).map((lift) => at(left, y + lift))),
  ];
}

/** A label that found its place. */
export interface PlacedLabel {
  readonly text: string;
  /** Where it starts. */
  readonly left: number;
  /** The middle of its height. */
  readonly middle: number;
}

/**
 * Labels where they touch neither each other nor anything else, each at the first place that is free; one that finds none
 * is left out. The first anchors have the first choice.
 *
 * @param obstacles What no label may touch, such as points and lines.
 * @param room What no label may leave.
 */
export function placeLabels(anchors: readonly Anchor[], obstacles: readonly Box[], room: Box): PlacedLabel[] {
  const taken = [...obstacles];
  return anchors.flatMap((anchor) => {
    const box = placesFor(anchor).find((one) => isWithin(one, room) && !taken.some((other) => touches(one, other)));
    if (box === undefined) return [];
    taken.push(box);
    return [{ text: anchor.text, left: box.left, middle: (box.top + box.bottom) / 2 }];
  });
}
