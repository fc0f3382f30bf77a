import { z } from "zod";
import { InputError } from "../../datasets/errors.ts";
import { shown } from "../../datasets/shown.ts";
import type { Role } from "../encoder.ts";
import { parseConfig } from "./config.ts";
import { pathIn } from "./json-reader.ts";
import type { Module } from "./module.ts";

/** What texts are to a Router: queries, documents, or texts of a task without roles. */
export const textKinds = ["query", "document", "text"] as const satisfies readonly (Role | "text")[];
export type TextKind = (typeof textKinds)[number];

/** The modules that texts go through, and the names of the routes that led there, joined by full stops, which none holds. */
export interface Route {
  readonly name: string;
  readonly modules: readonly Module[];
}

/** What texts of each kind go through, or the reason why they go nowhere. */
export type Routes = Readonly<Record<TextKind, Route | string>>;

/** Most modules of a route, and most routes. */
const most = 100;
const routerFile = "router_config.json";
/** The same of sentence-transformers before 5, whose Router was called Asym. */
const olderFile = "config.json";
const schema = z.strictObject({
  types: z.record(z.string(), z.string()),
  structure: z
    .record(z.string(), z.array(z.string()).max(most))
    .refine((routes) => Object.keys(routes).length > 0 && Object.keys(routes).length <= most, {
      message: `from 1 to ${most} routes are expected`,
    })
    // A JSON object of JavaScript puts such names first, and the first route may be the default.
    .refine((routes) => !Object.keys(routes).some((name) => /^\d+$/.test(name)), {
      message: "routes whose names are numbers are not read",
    }),
  parameters: z.strictObject({
    default_route: z.string().nullish(),
    allow_empty_key: z.boolean().default(true),
    route_mappings: z.record(z.string(), z.string()).nullish(),
  }),
});
type RouterConfig = z.infer<typeof schema>;

/** Reads a JSON file of the repository; undefined where there is none. */
type ReadJson = (path: string) => Promise<Record<string, unknown> | undefined>;

/**
 * Reads a Router: which modules the texts of each kind go through. Routes that no text takes, such as those of images,
 * are not read. Source: sentence-transformers 6.2, `base/modules/router.py`.
 * @param modality What sentence-transformers takes a text for: `text`, or `message` after a Transformer that makes
 *   messages of texts.
 * @param readModule Reads the module of a type in a folder.
 * @throws InputError when the config is not understood, or leads to a module that is not
 */
export async function readRouter(
  id: string,
  folder: string,
  read: ReadJson,
  modality: "text" | "message",
  readModule: (folder: string, type: string) => Promise<readonly Module[]>,
): Promise<Routes> {
  const newer = await read(pathIn(folder, routerFile));
  const path = pathIn(folder, newer === undefined ? olderFile : routerFile);
  const config = newer ?? (await read(path));
  if (config === undefined)
    throw new InputError(`model: ${id} has no ${shown(pathIn(folder, routerFile))}, which its module Router needs`);
  const router = parseConfig(path, schema, config);
  const fault = faultOf(router);
  if (fault !== undefined) throw new InputError(`model: the ${path} config is not understood: ${fault}`);
  const chosen = textKinds.map((kind) => [kind, routeFor(router, kind, modality)] as const);
  const names = [...new Set(chosen.flatMap(([, name]) => name ?? []))];
  const rows = await Promise.all(
    names.map(async (name): Promise<[string, Route]> => {
      const modules = router.structure[name].map((part) => readModule(pathIn(folder, part), router.types[part]));
      return [name, { name, modules: (await Promise.all(modules)).flat() }];
    }),
  );
  const routes = new Map(rows);
  const reasonOf = (kind: TextKind): string =>
    kind === "text"
      ? `texts without a role have no route, as its Router (${path}) has no default_route and no allow_empty_key`
      : `no route is for the role ${kind}: its Router (${path}) has ${shown(Object.keys(router.structure).join(", "))}`;
  return Object.fromEntries(
    chosen.map(([kind, name]) => [kind, (name === undefined ? undefined : routes.get(name)) ?? reasonOf(kind)]),
  ) as Routes;
}

/** Describes what a config refers to and does not have. */
function faultOf({ types, structure, parameters }: RouterConfig): string | undefined {
  const { default_route: route, route_mappings: mappings } = parameters;
  const has = (name: string): boolean => Object.hasOwn(structure, name);
  const parts = Object.values(structure).flat();
  const untyped = parts.find((part) => !Object.hasOwn(types, part));
  if (untyped !== undefined) return `types has no ${shown(untyped)}, which is in structure`;
  if (typeof route === "string" && !has(route)) return `default_route is ${shown(route)}, which structure has not`;
  for (const [key, target] of Object.entries(mappings ?? {})) {
    if (!mappingKey.test(key)) {
      return `a key of route_mappings is ${shown(key)}; expected is a pair of task and modality, such as ('query', None)`;
    }
    if (!has(target)) return `route_mappings leads to ${shown(target)}, which structure has not`;
  }
  return undefined;
}

const word = String.raw`None|'[^'\\]*'|"[^"\\]*"`;
/** A pair as Python writes it: ('query', 'text'), (None, ('image', 'text')). */
const mappingKey = new RegExp(String.raw`^\((${word}), (${word}|\((?:${word})(?:, (?:${word}))*,?\))\)$`);

/** Returns the route of texts of a kind; undefined where there is none. */
function routeFor({ structure, parameters }: RouterConfig, kind: TextKind, modality: string): string | undefined {
  const task = kind === "text" ? null : kind;
  const plain = (text: string): string | null => (text === "None" ? null : text.replaceAll(/^['"]|['"]$/g, ""));
  const mappings = Object.entries(parameters.route_mappings ?? {}).map(([key, route]) => {
    const [, first = "", second = ""] = mappingKey.exec(key) ?? [];
    return { task: plain(first), modality: plain(second), route };
  });
  const wanted = [
    [task, modality],
    [task, null],
    [null, modality],
    [null, null],
  ];
  for (const [ofTask, ofModality] of wanted) {
    const mapped = mappings.findLast((mapping) => mapping.task === ofTask && mapping.modality === ofModality);
    if (mapped !== undefined) return mapped.route;
  }
  if (task !== null && Object.hasOwn(structure, task)) return task;
  if (Object.hasOwn(structure, modality)) return modality;
  if (task !== null) return undefined;
  return parameters.default_route ?? (parameters.allow_empty_key ? Object.keys(structure)[0] : undefined);
}

/** Joins what texts go through one after the other: modules, or a Router's routes. */
export function joinRoutes(steps: readonly (readonly Module[] | Routes)[]): Routes {
  const joined = (kind: TextKind): Route | string => {
    const parts = steps.map((step) => (isRoutes(step) ? step[kind] : { name: "", modules: step }));
    const reason = parts.find((part) => typeof part === "string");
    if (reason !== undefined) return reason;
    const routes = parts.filter((part) => typeof part !== "string");
    const names = routes.flatMap(({ name }) => (name === "" ? [] : [name]));
    return { name: names.join("."), modules: routes.flatMap(({ modules }) => modules) };
  };
  return { query: joined("query"), document: joined("document"), text: joined("text") };
}

/** Tells a Router's routes from modules. */
export const isRoutes = (step: readonly Module[] | Routes): step is Routes => !Array.isArray(step);

/** Returns the different routes there are, in the order of the kinds. */
export function differentRoutes(routes: Routes): readonly Route[] {
  const there = textKinds.map((kind) => routes[kind]).filter((route) => typeof route !== "string");
  return [...new Map(there.map((route) => [route.name, route])).values()];
}
