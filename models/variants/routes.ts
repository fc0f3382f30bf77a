import { InputError } from "../../datasets/errors.ts";
import type { EncodeOptions, Encoder, EncoderInfo } from "../encoder.ts";
import { differentRoutes, type Route, type Routes, type TextKind } from "../repository/router.ts";
import { closingOnFailure } from "../runtime/open-all.ts";
import type { SparseEncoder } from "../sparse-encoder.ts";
import { variantName } from "./variant-name.ts";

/** An encoder of one of the routes. */
interface Opened<One extends Encoder | SparseEncoder = Encoder | SparseEncoder> {
  readonly route: Route;
  readonly encoder: One;
}

/** Tells whether texts of a route go through a table of vectors, which has no precision and no config. */
export const isTable = ({ modules: [first] }: Pick<Route, "modules">): boolean =>
  first?.type === "StaticEmbedding" || first?.type === "WordEmbeddings" || first?.type === "SparseStaticEmbedding";

/** Tells whether a route is a table of vectors beside Transformers, for which alone options of those hold. */
export const isBesideTransformers = (route: Route, routes: Routes): boolean =>
  isTable(route) && !differentRoutes(routes).every(isTable);

/**
 * Opens the routes of a model with a Router one after the other, and joins them into one encoder that sends texts by
 * their role. Its longest input is that of any route, as in sentence-transformers 6.2. Texts that have no route are
 * refused when they come. Closing it closes all.
 *
 * @param parameters Number of weights of all routes together.
 * @throws InputError where no route is for texts, or where their vectors cannot be compared
 */
export async function openByRole<One extends Encoder | SparseEncoder>(
  id: string,
  routes: Routes,
  parameters: number,
  open: (route: Route) => Promise<One>,
): Promise<One> {
  const opened: Opened<One>[] = [];
  const close = async (): Promise<void> => void (await Promise.all(opened.map(({ encoder }) => encoder.close())));
  const on = (kind: TextKind): Opened<One> | undefined => {
    const wanted = routes[kind];
    return typeof wanted === "string" ? undefined : opened.find(({ route }) => route.name === wanted.name);
  };
  return closingOnFailure([{ close }], async () => {
    for (const route of differentRoutes(routes)) opened.push({ route, encoder: await open(route) });
    const encode = async (texts: readonly string[], options?: EncodeOptions) => {
      const kind = options?.role ?? "text";
      const one = on(kind);
      if (one !== undefined) return one.encoder.encode(texts, options);
      throw new InputError(`model: ${id}: ${routes[kind]}; write one into a copy's route_mappings`);
    };
    const info = joinedInfo(id, opened, parameters, on);
    return { kind: opened[0].encoder.kind, info, encode, close } as unknown as One;
  });
}

function joinedInfo(
  id: string,
  opened: readonly Opened[],
  parameters: number,
  on: (kind: TextKind) => Opened | undefined,
): EncoderInfo {
  const lead = opened.find(({ route }) => !isTable(route)) ?? opened[0];
  if (lead === undefined) throw new InputError(`model: ${id} has a Router without a route for texts`);
  const { info } = lead.encoder;
  checkAlike(id, opened, lead);
  const [query, document] = [on("query"), on("document")];
  const side = ({ route, encoder }: Opened): EncoderInfo => ({
    ...encoder.info,
    id: variantName(encoder.info.id, `route=${route.name}`),
  });
  return {
    ...info,
    parameters,
    maxTokens: Math.max(...opened.map(({ encoder }) => encoder.info.maxTokens)),
    normalized: opened.every(({ encoder }) => encoder.info.normalized === true),
    ...(query && document && query !== document ? { sides: { query: side(query), document: side(document) } } : {}),
  };
}

/** A route, and the length of its vectors. */
interface Length {
  readonly name: string;
  readonly dims: number;
}

/** @throws InputError where the vectors of two routes are not of one length */
export function checkLengths(id: string, lead: Length, other: Length): void {
  if (other.dims === lead.dims) return;
  throw new InputError(
    `model: ${id} gives vectors of ${lead.dims} values on its route ${lead.name}, of ${other.dims} on ${other.name}; expected the same number, for they are compared`,
  );
}

/** Checks that vectors of all routes can be compared, and that one precision holds for all Transformers. */
function checkAlike(id: string, opened: readonly Opened[], lead: Opened): void {
  for (const { route, encoder } of opened) {
    const { dims, precision } = encoder.info;
    const expected = lead.encoder.info;
    checkLengths(id, { name: lead.route.name, dims: expected.dims }, { name: route.name, dims });
    if (!isTable(route) && precision !== expected.precision) {
      throw new InputError(
        `model: ${id} is stored as ${expected.precision} on its route ${lead.route.name}, as ${precision} on ${route.name}; choose one with --precision`,
      );
    }
  }
}
