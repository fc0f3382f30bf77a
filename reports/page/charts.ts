import { treeHtml } from "../html.ts";
import { fileColors } from "../vega.ts";
import { drawProfile, drawScatter, picture, sizeOfProfile } from "./browser/drawing.mjs";
import { knownAxes } from "./browser/front.mjs";
import { makeProfiles } from "./browser/profiles.mjs";
import { makeScatter, qualityName, shortName } from "./browser/scatter.mjs";
import { defaultState, isComparable } from "./browser/state.mjs";
import { isMixed } from "./browser/table.mjs";
import { h } from "./browser/tree.mjs";
import type { PageData } from "./shape.ts";

/** The colours of a file, which any program can draw: the page's light ones. */
const colors = { ...fileColors, raised: "#f6f7f8" };
const ground = colors.ground;
const plot = { width: 1080, height: 460 };

/** Names of the files by the fields of their axes. */
const fileNames: Readonly<Record<string, string>> = {
  latencyMs: "quality-latency.svg",
  textsPerSecond: "quality-throughput.svg",
  memoryBytes: "quality-memory.svg",
  bytesPerDocument: "quality-bytes.svg",
  parameters: "quality-parameters.svg",
};

const columnsOfProfiles = 3;
const padding = 16;

function profilesSvg(data: PageData): string {
  const whole = makeProfiles(data);
  const all = { ...whole, profiles: whole.profiles.filter((_, i) => isComparable(data.models[i])) };
  const how = all.againstMedian ? "; bars: points above or below the median of the complete models" : "";
  const size = sizeOfProfile(all.profiles[0] ?? { name: "", rows: [] });
  const cell = { width: size.width + 70, height: size.height + 52 };
  const rows = Math.ceil(all.profiles.length / columnsOfProfiles);
  const title = `Score by ${data.partsOf} (percent)${how}`;
  const drawn = all.profiles.map((profile, i) => {
    const [x, y] = [(i % columnsOfProfiles) * cell.width, Math.floor(i / columnsOfProfiles) * cell.height + 46];
    const name = h("text", { y: -10, fill: colors.ink, "font-size": 12, "font-weight": 600 }, shortName(profile.name));
    return h("g", { transform: `translate(${x} ${y})` }, name, drawProfile(profile, all, colors));
  });
  const outer = {
    ...{ width: columnsOfProfiles * cell.width - 70 + 2 * padding, height: rows * cell.height + 2 * padding },
    ...{ left: padding, top: padding },
  };
  const heading = h("text", { y: 10, fill: colors.ink, "font-size": 12 }, title);
  return treeHtml(picture(outer, { role: "img", "aria-label": title }, [heading, ...drawn], ground));
}

/**
 * Draws the charts as files for papers and READMEs, light, on white, by file name. Charts without points to compare are
 * left out.
 */
export function fileCharts(data: PageData): ReadonlyMap<string, string> {
  const state = defaultState(data);
  const scatters = knownAxes(data).flatMap((axis): [string, string][] => {
    const scatter = makeScatter(data, state, axis, data.models, plot);
    if (scatter === undefined || scatter.points.length < 2) return [];
    const about = { axis, quality: qualityName(data, state), isMixed: isMixed(data) };
    const svg = treeHtml(drawScatter(scatter, about, colors, { padding, ground }));
    return [[fileNames[axis.field] ?? `quality-${axis.field}.svg`, svg]];
  });
  const isScored = data.parts.length > 0 && data.models.length > 0;
  return new Map([...scatters, ...(isScored ? [["type-profiles.svg", profilesSvg(data)] as const] : [])]);
}
