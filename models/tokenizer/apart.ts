import { fileURLToPath } from "node:url";
import { InputError } from "../../datasets/errors.ts";
import { groupsOf } from "./groups.ts";
import type { Hazard } from "./hazards.ts";
import type { Encoded, EncodeSettings, Library, LibrarySettings, TextInput, Truncation } from "./library.ts";
import { openProcess } from "./process.ts";

/** A question to the process: to open a definition, or to encode inputs. */
export type Call =
  | { readonly settings: LibrarySettings; readonly inputs?: never; readonly options?: never }
  | { readonly settings?: never; readonly inputs: readonly TextInput[]; readonly options: EncodeSettings };

/** Characters (UTF-16 units) of the texts of one call, but for a text that is longer by itself. */
const mostCharacters = 65_536;

const program = fileURLToPath(new URL("./rust.cjs", import.meta.url));

/** Opens a definition in a process of its own. What it is feared for is named when it takes too long or breaks down. */
export async function openApart({ definition }: LibrarySettings, hazards: readonly Hazard[]): Promise<Library> {
  let truncation: Truncation | undefined;
  const parts = hazards.map(({ part }) => part).join(" or ");
  const remedies = [...new Set(hazards.map(({ remedy }) => remedy))].join(", or ");
  const { ask, inTurn, start, end } = openProcess<Call, Encoded[]>({
    program,
    opening: () => ({ settings: { definition, truncation } }),
    refused: (what) => new InputError(`${what} over ${parts}; ${remedies}`),
  });
  await inTurn(start);
  return {
    // The next process will know it.
    truncate: (chosen) =>
      inTurn(async () => {
        truncation = chosen;
        end();
      }),
    encode: (inputs, options) =>
      inTurn(async () => {
        const encoded: Encoded[] = [];
        for (const group of groupsOf(inputs, mostCharacters)) encoded.push(...(await ask({ inputs: group, options })));
        return encoded;
      }),
  };
}
