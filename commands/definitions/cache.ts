import { defaultLimit } from "../../models/cache/settings.ts";
import { cacheFormats, namesOf } from "../formats.ts";
import { size } from "../option-values.ts";
import { always, type CommandDefinition, type OptionDefinition } from "./definition.ts";

/** They say whether vectors are kept between runs. */
export const caching: readonly OptionDefinition[] = [
  { flags: "--no-cache", description: "embed every text, and keep no vectors for later runs (docs/cache.md)" },
  {
    flags: "--cache-size <size>",
    description: "most bytes of kept vectors, such as 20GB; 0: as --no-cache",
    parse: size,
    default: defaultLimit,
    defaultText: "10GB",
  },
];

export const cache: CommandDefinition = {
  name: "cache",
  description: "tell what vectors are kept between runs",
  help: `
\`run\` and \`reproduce\` keep each text's vector, so that no later run of the same model has to make it again; see
docs/cache.md. The folder is PRAMANA_CACHE, or else pramana in XDG_CACHE_HOME or in ~/.cache.

Examples:
  pramana cache
  pramana cache clear
  pramana cache clear sentence-transformers/all-MiniLM-L6-v2
`,
  options: [
    { flags: "--format <format>", description: "form of the list", choices: namesOf(cacheFormats), default: "text" },
  ],
  run: async (terminal, options) => always((await import("../cache.ts")).showCache(options, terminal)),
  commands: [
    {
      name: "clear [model]",
      description: "remove them: all, or those of one model",
      run: async (terminal, _options, model) => always((await import("../cache.ts")).clearCache(model, terminal)),
    },
  ],
};
