import type { ChartSpec, ChartSvg, Colors, Layer, PlotSize } from "../vega.ts";
import { configOf, fileColors, pageColors, quantitative, render } from "../vega.ts";
import type { Curve, Curves } from "./curves.ts";

interface CurveColors extends Colors {
  readonly drop: string;
}

const inPage: CurveColors = { ...pageColors, drop: "var(--drop)" };
const inFile: CurveColors = { ...fileColors, drop: "#b3261e" };

const [x, y] = [quantitative("x"), quantitative("score")];

/** Largest number of ticks of the axis in a wide plot, and in a small one. */
const marks = { wide: 10, small: 4 } as const;

/** Chooses the places that an axis names: all, or evenly spaced ones, `most` at most. */
function namedPlaces({ places }: Curves, most: number): number[] {
  const step = Math.max(1, Math.ceil(places.length / most));
  return places.filter((_, i) => i % step === 0).map(({ x }) => x);
}

/** Shortens a name to its end, where names differ. */
const axisName = (name: string): string => (name.length > 12 ? `…${name.slice(-11)}` : name);

/** Number of steps from which an axis counts in thousands: `20k`. */
const thousands = 20_000;

function axisOf(curves: Curves, most: number): object {
  if (curves.axis === "step") {
    const format = domainOf(curves)[1] < thousands ? ",~f" : "~s";
    const xs = curves.places.map(({ x }) => x);
    const ticks = xs.length <= most ? { values: xs } : { tickCount: most };
    return { title: "Step", ...ticks, format, grid: false, labelOverlap: true };
  }
  const names = JSON.stringify(Object.fromEntries(curves.places.map(({ name, x }) => [x, axisName(name)])));
  return {
    title: null,
    values: namedPlaces(curves, most),
    labelExpr: `(${names})[datum.value]`,
    labelAngle: -30,
    labelAlign: "right",
    grid: false,
  };
}

/** Returns the range of the places, with room at the ends where there is one place only. */
function domainOf({ places }: Curves): [number, number] {
  const xs = places.map(({ x }) => x);
  const [least, most] = [Math.min(...xs), Math.max(...xs)];
  return least === most ? [least - 1, most + 1] : [least, most];
}

/** Room above and below the scores: a share of their range, and at least so many points. */
const margin = { share: 0.12, points: 0.5 } as const;

function scoreDomain({ points }: Curve): [number, number] {
  const scores = points.flatMap(({ score, low = score, high = score }) => [low, high]);
  const [least, most] = [Math.min(...scores), Math.max(...scores)];
  const room = Math.max((most - least) * margin.share, margin.points);
  return [least - room, most + room];
}

/** Draws a line at the first significant drop, with words in a wide plot. */
function dropLayers(curves: Curves, size: PlotSize, { drop }: CurveColors, isWide: boolean): Layer[] {
  const { firstDrop } = curves;
  if (firstDrop === undefined) return [];
  const [least, most] = domainOf(curves);
  const isRight = firstDrop.x > (least + most) / 2;
  const rule: Layer = {
    data: { values: [{ x: firstDrop.x }] },
    mark: { type: "rule", color: drop, strokeDash: [4, 3], strokeWidth: 1 },
    encoding: { x, y: { value: 0 }, y2: { value: size.height } },
  };
  if (!isWide) return [rule];
  const text: Layer = {
    data: { values: [{ x: firstDrop.x, text: `first significant drop: ${firstDrop.name}` }] },
    mark: { type: "text", align: isRight ? "right" : "left", dx: isRight ? -6 : 6, color: drop, baseline: "top" },
    encoding: { x, y: { value: 0 }, text: { field: "text" } },
  };
  return [rule, text];
}

function curveLayers(curve: Curve, { accent, ground, drop }: CurveColors): Layer[] {
  return [
    {
      data: { values: [...curve.points] },
      mark: { type: "line", color: accent, strokeWidth: 1.6 },
      encoding: { x, y },
    },
    {
      data: { values: curve.points.filter(({ low }) => low !== undefined) },
      mark: { type: "rule", strokeWidth: 4, opacity: 0.3 },
      encoding: {
        x,
        y: quantitative("low"),
        y2: { field: "high" },
        color: { condition: { test: "datum.isDrop", value: drop }, value: accent },
      },
    },
    {
      data: { values: [...curve.points] },
      mark: { type: "point", size: 38, strokeWidth: 1.5, opacity: 1, fill: ground, aria: true },
      encoding: {
        x,
        y,
        // A drop differs in its shape too: not everyone sees the colour.
        shape: { condition: { test: "datum.isDrop", value: "triangle-down" }, value: "circle" },
        stroke: { condition: { test: "datum.isDrop", value: drop }, value: accent },
        fill: { condition: { test: "datum.isDrop", value: drop }, value: ground },
        size: { condition: { test: "datum.isDrop", value: 90 }, value: 34 },
        description: { field: "description" },
      },
    },
  ];
}

/** Pixels above the lower edge of a plot at which checkpoints without a score are marked. */
const stoppedHeight = 7;

/** Marks the checkpoints that were stopped early at the lower edge, each with a cross: they have no score to stand at. */
function stoppedLayers({ stopped }: Curves, { height }: PlotSize, { drop }: CurveColors): Layer[] {
  if (stopped.length === 0) return [];
  return [
    {
      data: { values: [...stopped] },
      mark: { type: "point", shape: "cross", size: 60, filled: true, color: drop, opacity: 1, angle: 45, aria: true },
      encoding: { x, y: { value: height - stoppedHeight }, description: { field: "description" } },
    },
  ];
}

function plotOf(curves: Curves, curve: Curve, size: PlotSize, colors: CurveColors, isWide: boolean) {
  return {
    ...size,
    encoding: {
      x: {
        ...x,
        scale: { domain: domainOf(curves), nice: false, padding: 8 },
        axis: axisOf(curves, isWide ? marks.wide : marks.small),
      },
      y: {
        ...y,
        scale: { domain: scoreDomain(curve), zero: false, nice: false },
        axis: { title: null, tickCount: isWide ? 6 : 4, format: ".4~g" },
      },
    },
    layer: [
      ...dropLayers(curves, size, colors, isWide),
      ...stoppedLayers(curves, size, colors),
      ...curveLayers(curve, colors),
    ],
  };
}

/** The page's charts: the first curve large, the others small, in their order. */
export interface CurveCharts {
  readonly main?: ChartSvg;
  readonly small: readonly string[];
}

const wide: PlotSize = { width: 1080, height: 300 };
const narrow: PlotSize = { width: 300, height: 220 };
const small: PlotSize = { width: 300, height: 130 };

/** Draws the charts of the page. */
export async function pageCurves(curves: Curves): Promise<CurveCharts> {
  const config = configOf(inPage, false);
  const draw = (curve: Curve, size: PlotSize, isWide: boolean): Promise<string> =>
    render({ ...plotOf(curves, curve, size, inPage, isWide), padding: 2, config });
  const [main, ...others] = curves.curves.filter(({ points }) => points.length > 0);
  return {
    ...(main === undefined
      ? {}
      : { main: { wide: await draw(main, wide, true), narrow: await draw(main, narrow, false) } }),
    small: await Promise.all(others.map((curve) => draw(curve, small, false))),
  };
}

/** Number of plots beside each other in a file, below the first. */
const fileColumns = 3;
const fileSmall: PlotSize = { width: 280, height: 120 };

/** Draws all curves as one SVG file, light, on white; undefined where there is nothing to draw. */
export async function fileCurves(curves: Curves): Promise<string | undefined> {
  const [main, ...others] = curves.curves.filter(({ points }) => points.length > 0);
  if (main === undefined) return undefined;
  const gap = 60;
  const width = fileColumns * fileSmall.width + (fileColumns - 1) * gap;
  const title = (curve: Curve): string => `${curve.heading} (percent)`;
  const first = { ...plotOf(curves, main, { width, height: 260 }, inFile, true), title: title(main) };
  const rest = others.map((curve) => ({ ...plotOf(curves, curve, fileSmall, inFile, false), title: title(curve) }));
  const grid = { concat: rest, columns: fileColumns, bounds: "flush", spacing: { row: 78, column: gap } };
  const vconcat = rest.length > 0 ? [first, grid] : [first];
  return render({ padding: 16, bounds: "flush", spacing: 78, config: configOf(inFile, true), vconcat } as ChartSpec);
}
