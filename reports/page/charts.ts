import { noValue } from "../table.ts";
import type { ChartSpec, ChartSvg, Colors, Layer, PlotSize } from "../vega.ts";
import { configOf, fileColors, pageColors, quantitative, render } from "../vega.ts";
import { type PageData, shortName } from "./data.ts";
import { makeProfiles, type Profile, type Profiles } from "./profiles.ts";
import { type CostAxis, makeScatter, parametersAxis, type Scatter, throughputAxis } from "./scatter.ts";

function pointLayer({ points }: Scatter, { accent, quiet, ground }: Colors): Layer {
  const color = { condition: { test: "datum.onFront", value: accent }, value: quiet };
  return {
    data: { values: [...points] },
    mark: { type: "point", size: 52, strokeWidth: 1.6, opacity: 1, aria: true },
    encoding: {
      x: quantitative("x"),
      y: quantitative("y"),
      stroke: color,
      fill: {
        condition: [
          { test: "datum.baseline", value: ground },
          { test: "datum.onFront", value: accent },
        ],
        value: quiet,
      },
      description: { field: "description" },
    },
  };
}

function scatterSpec(data: PageData, axis: CostAxis, size: PlotSize, colors: Colors, background: boolean): ChartSpec {
  const scatter = makeScatter(data, axis, size);
  const { front, labels, xDomain, yDomain, xTicks } = scatter;
  const { accent, ink, quiet } = colors;
  const [x, y] = [quantitative("x"), quantitative("y")];
  return {
    ...size,
    padding: background ? 16 : 2,
    config: configOf(colors, background),
    encoding: {
      x: {
        ...x,
        scale: { type: "log", domain: [...xDomain], nice: false },
        axis: { title: axis.title, values: [...xTicks], format: "~r", grid: false },
      },
      y: {
        ...y,
        scale: { domain: [...yDomain], zero: false, nice: false },
        axis: { title: `Mean over all ${data.meanOver} (percent)`, tickCount: 6 },
      },
    },
    layer: [
      {
        data: { values: front.map((corner, order) => ({ ...corner, order })) },
        mark: { type: "line", color: accent, strokeWidth: 1.5 },
        encoding: { x, y, order: { field: "order" } },
      },
      pointLayer(scatter, colors),
      {
        data: { values: [...labels] },
        mark: { type: "text", align: { expr: "datum.align" }, baseline: "middle" },
        encoding: {
          x,
          y,
          text: { field: "text" },
          color: { condition: { test: "datum.onFront", value: ink }, value: quiet },
        },
      },
    ],
  };
}

/** Width of a profile's bars, in pixels. */
const profileWidth = 130;

function profileSpec({ rows }: Profile, { domain }: Profiles, { accent, ink, quiet, rule }: Colors) {
  const y = {
    field: "part",
    type: "nominal",
    sort: null,
    axis: { title: null, grid: false, labelPadding: 8 },
  } as const;
  const x = { ...quantitative("difference"), scale: { domain: [...domain], nice: false }, axis: null };
  const values = rows.map((row) => ({ ...row, text: row.score === null ? noValue : row.score.toFixed(1) }));
  const layer: Layer[] = [
    {
      data: { values },
      mark: { type: "bar", height: 9 },
      encoding: { x, y, color: { condition: { test: "datum.difference >= 0", value: accent }, value: quiet } },
    },
    {
      data: { values: [{}] },
      mark: { type: "rule", color: rule },
      encoding: { x: { datum: 0, type: "quantitative" } },
    },
    {
      data: { values },
      mark: { type: "text", align: "right", color: ink },
      encoding: { x: { value: profileWidth + 36 }, y, text: { field: "text" } },
    },
  ];
  return { width: profileWidth, height: { step: 17 }, layer };
}

/** The page's charts, in its own colours. */
export interface PageCharts {
  /** Absent where fewer than two models have both a mean and a size. */
  readonly parameters?: ChartSvg;
  /** Absent where fewer than two models have both a mean and a throughput. */
  readonly throughput?: ChartSvg;
  /** In the order of the models. */
  readonly profiles: readonly string[];
}

const wide: PlotSize = { width: 1080, height: 460 };
const narrow: PlotSize = { width: 292, height: 300 };

const costAxes = { parameters: parametersAxis, throughput: throughputAxis } as const;

/** Returns the charts of quality against cost that have points to compare: two models with a mean and a known cost. */
const shownAxes = ({ models }: PageData) =>
  (["parameters", "throughput"] as const).filter(
    (cost) => models.filter((model) => model.mean !== null && costAxes[cost].of(model) !== null).length > 1,
  );

/** Draws the charts of the page. */
export async function pageCharts(data: PageData): Promise<PageCharts> {
  const draw = (axis: CostAxis, size: PlotSize): Promise<string> =>
    render(scatterSpec(data, axis, size, pageColors, false));
  const scatters = shownAxes(data).map(async (cost) => {
    const axis = costAxes[cost];
    return [cost, { wide: await draw(axis, wide), narrow: await draw(axis, narrow) }] as const;
  });
  const profiles = makeProfiles(data);
  const config = configOf(pageColors, false);
  return {
    ...Object.fromEntries(await Promise.all(scatters)),
    profiles: await Promise.all(
      profiles.profiles.map((one) => render({ ...profileSpec(one, profiles, pageColors), padding: 0, config })),
    ),
  };
}

/**
 * Draws the charts as files for papers and READMEs, light, on white, by file name. Charts without points to compare are
 * left out.
 */
export async function fileCharts(data: PageData): Promise<ReadonlyMap<string, string>> {
  const profiles = makeProfiles(data);
  const scatters = shownAxes(data).map((cost): [string, ChartSpec] => [
    `quality-${cost}.svg`,
    scatterSpec(data, costAxes[cost], wide, fileColors, true),
  ]);
  const how = profiles.againstMedian ? "; bars: points above or below the median of the complete models" : "";
  const profileCharts: ChartSpec = {
    padding: 16,
    columns: 3,
    // Between the plots alone: Vega takes names for wider than they are.
    bounds: "flush",
    spacing: { row: 52, column: 130 },
    title: { text: `Score by ${data.partsOf} (percent)${how}`, fontWeight: "normal", offset: 18 },
    config: configOf(fileColors, true),
    concat: profiles.profiles.map((one) => ({
      ...profileSpec(one, profiles, fileColors),
      title: shortName(one.name),
    })),
  };
  const specs = [...scatters, ["type-profiles.svg", profileCharts] as const];
  return new Map(await Promise.all(specs.map(async ([name, spec]) => [name, await render(spec)] as const)));
}
