import { noValue } from "../table.ts";
import { type ChartSpec, type Colors, configOf, fileColors, type Layer, pageColors, render } from "../vega.ts";
import { type PageData, shortName } from "./data.ts";
import { makeProfiles, type Profile, type Profiles } from "./profiles.ts";
import { type CostAxis, makeScatter, type PlotSize, parametersAxis, throughputAxis } from "./scatter.ts";

function pointLayer({ points }: ReturnType<typeof makeScatter>, { accent, quiet, ground }: Colors): Layer {
  const color = { condition: { test: "datum.onFront", value: accent }, value: quiet };
  return {
    data: { values: [...points] },
    mark: { type: "point", size: 52, strokeWidth: 1.6, opacity: 1, aria: true },
    encoding: {
      x: { field: "x", type: "quantitative" },
      y: { field: "y", type: "quantitative" },
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
  const x = { field: "x", type: "quantitative" } as const;
  const y = { field: "y", type: "quantitative" } as const;
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
        axis: { title: "Mean over all tasks (percent)", tickCount: 6 },
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

/** Pixels of a profile's bars. */
const profileWidth = 130;
const profileStep = 17;

function profileSpec(
  { rows }: Profile,
  { domain }: Profiles,
  { accent, ink, quiet, rule }: Colors,
): {
  layer: Layer[];
  width: number;
  height: { step: number };
} {
  const y = {
    field: "type",
    type: "nominal",
    sort: null,
    axis: { title: null, grid: false, labelPadding: 8 },
  } as const;
  const x = {
    field: "difference",
    type: "quantitative" as const,
    scale: { domain: [...domain] as number[], nice: false },
    axis: null,
  };
  const values = rows.map((row) => ({ ...row, text: row.score === null ? noValue : row.score.toFixed(1) }));
  return {
    width: profileWidth,
    height: { step: profileStep },
    layer: [
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
    ],
  };
}

/** Whether there is anything to compare: two models with a mean and a known cost. */
const hasPoints = ({ models }: PageData, axis: CostAxis): boolean =>
  models.filter((model) => model.meanTask !== null && axis.of(model) !== null).length > 1;

/** One chart for wide and one for narrow windows. */
export interface ScatterSvg {
  readonly wide: string;
  readonly narrow: string;
}

/** The page's charts as SVG in the page's own colours. */
export interface PageCharts {
  /** Absent where fewer than two models have both a mean and a size. */
  readonly parameters?: ScatterSvg;
  /** Absent where fewer than two models have both a mean and a throughput. */
  readonly throughput?: ScatterSvg;
  /** In the order of the models. */
  readonly profiles: readonly string[];
}

const wide: PlotSize = { width: 1080, height: 460 };
const narrow: PlotSize = { width: 292, height: 300 };

/** Draws the charts of the page. */
export async function pageCharts(data: PageData): Promise<PageCharts> {
  const scatter = async (axis: CostAxis): Promise<ScatterSvg | undefined> =>
    hasPoints(data, axis)
      ? {
          wide: await render(scatterSpec(data, axis, wide, pageColors, false)),
          narrow: await render(scatterSpec(data, axis, narrow, pageColors, false)),
        }
      : undefined;
  const profiles = makeProfiles(data);
  const config = configOf(pageColors, false);
  const parameters = await scatter(parametersAxis);
  const throughput = await scatter(throughputAxis);
  return {
    ...(parameters === undefined ? {} : { parameters }),
    ...(throughput === undefined ? {} : { throughput }),
    profiles: await Promise.all(
      profiles.profiles.map((one) => render({ ...profileSpec(one, profiles, pageColors), padding: 0, config })),
    ),
  };
}

/** Profiles beside each other in a file. */
const profileColumns = 3;

/**
 * The charts as files for papers and READMEs: light, on white, by file name. Those that nothing is known for are left out.
 */
export async function fileCharts(data: PageData): Promise<ReadonlyMap<string, string>> {
  const profiles = makeProfiles(data);
  const specs: [string, ChartSpec][] = [
    ...(hasPoints(data, parametersAxis)
      ? [["quality-parameters.svg", scatterSpec(data, parametersAxis, wide, fileColors, true)] as [string, ChartSpec]]
      : []),
    ...(hasPoints(data, throughputAxis)
      ? [["quality-throughput.svg", scatterSpec(data, throughputAxis, wide, fileColors, true)] as [string, ChartSpec]]
      : []),
    [
      "type-profiles.svg",
      {
        padding: 16,
        columns: profileColumns,
        // Between the plots alone: Vega takes names for wider than they are.
        bounds: "flush",
        spacing: { row: 52, column: 130 },
        title: {
          text: profiles.againstMedian
            ? "Score by type (percent); bars: points above or below the median of the complete models"
            : "Score by type (percent)",
          fontWeight: "normal",
          offset: 18,
        },
        config: configOf(fileColors, true),
        concat: profiles.profiles.map((one) => ({
          ...profileSpec(one, profiles, fileColors),
          title: shortName(one.name),
        })),
      },
    ],
  ];
  return new Map(await Promise.all(specs.map(async ([name, spec]) => [name, await render(spec)] as const)));
}
