import type { Role } from "../models/encoder.ts";
import type { Model } from "../models/model.ts";
import { promptingOf } from "../models/model.ts";
import type { Prompting } from "../models/prompts/prompts.ts";

/** Returns what a record calls the prompt for texts of a role, of one of several models where `part` names it. */
export const promptName = (role: Role | undefined, part?: string): string =>
  part === undefined ? (role ?? "text") : `${role ?? "text"} of ${part}`;

/** Texts that get a prompt, and what decides on it. */
interface Prompted {
  readonly prompting: Prompting;
  readonly role: Role | undefined;
}

/** Returns the texts that a model is given prompts for, by the names of these. */
export function promptedTexts(model: Model): ReadonlyMap<string, Prompted> {
  const models = model.kind === "hybrid" ? model.parts : [model];
  const roles: readonly (Role | undefined)[] = [undefined, "query", "document"];
  return new Map(
    models.flatMap((one) => {
      const prompting = promptingOf(one);
      const part = one === model ? undefined : one.info.id;
      if (prompting === undefined) return [];
      return roles.map((role): [string, Prompted] => [promptName(role, part), { prompting, role }]);
    }),
  );
}
