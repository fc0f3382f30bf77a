import * as vega from "vega";
import { type Config, compile, type TopLevelSpec } from "vega-lite";

/** The colours of a chart, as SVG has them. */
export interface Colors {
  readonly ink: string;
  readonly quiet: string;
  readonly rule: string;
  readonly accent: string;
  readonly ground: string;
}

/** The page's own colours: its charts turn dark with it. */
export const pageColors: Colors = {
  ink: "var(--ink)",
  quiet: "var(--quiet)",
  rule: "var(--rule)",
  accent: "var(--accent)",
  ground: "var(--ground)",
};

/** The colours of a file, which any program can draw: the page's light ones. */
export const fileColors: Colors = {
  ink: "#1c2024",
  quiet: "#60666d",
  rule: "#dcdfe3",
  accent: "#1f5fbf",
  ground: "#ffffff",
};

const font = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

/**
 * Returns the look of all charts.
 *
 * @param background True where a ground is drawn; charts are transparent else.
 */
export function configOf({ ink, quiet, rule, ground }: Colors, background: boolean): Config {
  return {
    background: background ? ground : "transparent",
    font,
    aria: false,
    view: { stroke: null },
    axis: {
      domain: false,
      ticks: false,
      grid: true,
      gridColor: rule,
      labelColor: quiet,
      labelFontSize: 11,
      labelPadding: 6,
      titleColor: ink,
      titleFontSize: 12,
      titleFontWeight: "normal",
      titlePadding: 10,
    },
    title: { color: ink, fontSize: 12, fontWeight: 600, anchor: "start", offset: 6 },
    text: { fontSize: 11, color: quiet },
  };
}

/** A specification of Vega-Lite. */
export type ChartSpec = TopLevelSpec;

export type Layer = Extract<TopLevelSpec, { layer: unknown }>["layer"][number];

/** A chart as SVG, for wide and for narrow windows. */
export interface ChartSvg {
  readonly wide: string;
  readonly narrow: string;
}

/** Pixels of a plot, without its axes. */
export interface PlotSize {
  readonly width: number;
  readonly height: number;
}

/** Encodes a field of numbers. */
export const quantitative = <Field extends string>(field: Field) => ({ field, type: "quantitative" }) as const;

const fail = (...parts: readonly unknown[]): never => {
  throw new Error(`chart: ${parts.join(" ")}`);
};

/** Makes a logger that throws: Vega by itself goes on after warnings and errors, with a chart other than specified. */
function strict(): vega.LoggerInterface {
  const self: vega.LoggerInterface = {
    level: (level?: number) => (level === undefined ? vega.Warn : self),
    error: fail,
    warn: fail,
    info: () => self,
    debug: () => self,
  };
  return self;
}

/** Draws a chart as SVG. Throws where it is not as specified. */
export function render(spec: ChartSpec): Promise<string> {
  const logger = strict();
  const { spec: plain } = compile(spec, { logger });
  return new vega.View(vega.parse(plain), { renderer: "none", logger }).toSVG();
}
