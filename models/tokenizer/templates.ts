import { isRecord } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import { shownJson } from "../../datasets/shown.ts";

/** Finds the post-processors that put special tokens around a text, also those within a sequence of processors. */
function templatesIn(processor: unknown): readonly Record<string, unknown>[] {
  if (!isRecord(processor)) return [];
  if (processor["type"] === "TemplateProcessing") return [processor];
  const inner = processor["processors"];
  return Array.isArray(inner) ? inner.flatMap(templatesIn) : [];
}

const idsIn = (template: unknown, kind: "SpecialToken" | "Sequence"): unknown[] => {
  const pieces = Array.isArray(template) ? template.filter(isRecord).map((piece) => piece[kind]) : [];
  return pieces.filter(isRecord).map(({ id }) => id);
};

/**
 * Checks that a template knows each special token that it places, and that of single texts places no second one: the
 * library ends the whole process over one that is not there.
 * @throws InputError naming the token, or the text
 */
export function checkTemplates({ post_processor: processor }: Readonly<Record<string, unknown>>): void {
  for (const { single, pair, special_tokens: known } of templatesIn(processor)) {
    if (idsIn(single, "Sequence").includes("B")) {
      throw new InputError("its template of a single text places the second of two (Sequence B)");
    }
    const ids = [single, pair].flatMap((template) => idsIn(template, "SpecialToken"));
    const missing = ids.find((id) => !(isRecord(known) && typeof id === "string" && Object.hasOwn(known, id)));
    if (missing !== undefined) {
      throw new InputError(
        `its template places the special token ${shownJson(missing)}, which its special_tokens do not hold`,
      );
    }
  }
}

/** Returns the types of the pieces of a template, by which tokens and texts are told apart. */
const typesIn = (template: unknown): unknown[] =>
  Array.isArray(template)
    ? template
        .flatMap((piece) => (isRecord(piece) ? Object.values(piece) : []))
        .map((piece) => isRecord(piece) && piece["type_id"])
    : [];

/**
 * Checks that all tokens of a single text are of type 0, as the model takes them to be.
 * @throws InputError naming another type
 */
export function checkSingleTypes({ post_processor: processor }: Readonly<Record<string, unknown>>): void {
  const types = templatesIn(processor).flatMap(({ single }) => typesIn(single));
  const other = types.find((type) => type !== 0);
  if (other === undefined) return;
  throw new InputError(
    `its template gives tokens of a single text the type ${shownJson(other)}; expected was 0, as of all families that are known`,
  );
}
