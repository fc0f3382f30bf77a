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

/** The page's own colours: a chart in it turns dark with it. */
export const pageColors: Colors = {
  ink: "var(--ink)",
  quiet: "var(--quiet)",
  rule: "var(--rule)",
  accent: "var(--accent)",
  ground: "var(--ground)",
};

/** Those of a file, which any program must be able to draw: the page's in the light. */
export const fileColors: Colors = {
  ink: "#1c2024",
  quiet: "#60666d",
  rule: "#dcdfe3",
  accent: "#1f5fbf",
  ground: "#ffffff",
};

const font = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

/**
 * How all charts look.
 *
 * @param background Whether a ground is drawn; else what is behind shows.
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

/** A chart as Vega-Lite has it. */
export type ChartSpec = TopLevelSpec;

/** Parts of a specification that both kinds of charts are made of. */
export type Layer = Extract<TopLevelSpec, { layer: unknown }>["layer"][number];

const fail = (...parts: readonly unknown[]): never => {
  throw new Error(`chart: ${parts.join(" ")}`);
};

/** Vega tells its warnings and errors and goes on: a chart that is not as specified is none. */
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
