import { isRecord } from "../../datasets/document.ts";
import type { TypeRecord, Zod } from "./record.ts";
import { count, text } from "./schema.ts";

const columns = (z: Zod) => ({ textColumn: text(z).default("sentences"), labelColumn: text(z).default("labels") });

/** Settings of MTEB(eng, v1), whose protocol clusters each row of lists by itself. */
const legacySettings = (z: Zod) =>
  z.strictObject({ legacy: z.literal(true).describe("Clusters each row of lists by itself."), ...columns(z) });

const standardSettings = (z: Zod) =>
  z
    .strictObject({
      ...columns(z),
      maxDocuments: count(z)
        .nullable()
        .describe("Number of documents to embed; null for all, or where maxFraction limits them.")
        .default(null),
      maxFraction: z
        .number()
        .positive()
        .max(1)
        .nullable()
        .describe("Share of the documents to embed, above 0 to 1; null for no limit; 0.04 if left out.")
        .exactOptional(),
      documentsPerExperiment: count(z)
        .describe("Documents drawn, with replacement, for each experiment.")
        .default(16_384),
      experiments: count(z).default(10),
      batchSize: count(z).describe("Documents per step of mini-batch k-means.").default(512),
      maxDepth: count(z).nullable().describe("Levels of a label path that are scored; null for all.").default(null),
    })
    .refine(({ maxDocuments, maxFraction }) => maxDocuments === null || typeof maxFraction !== "number", {
      error: "maxDocuments is set too; expected one of the two, or null for one",
      path: ["maxFraction"],
    })
    // 0.04 is mteb's default. The order of keys is the catalogue's, as results record a hash of the settings.
    .transform(({ textColumn, labelColumn, maxDocuments, maxFraction = 0.04, ...rest }) => ({
      textColumn,
      labelColumn,
      maxDocuments,
      maxFraction: maxDocuments === null ? maxFraction : null,
      ...rest,
    }))
    .prefault({});

export const clustering = {
  type: "Clustering",
  heading: "Clustering",
  short: "Clust",
  field: "clustering",
  instruction: "Identify categories in user passages.",
  roles: [],
  needs: "vectors",
  learns: true,
  drawsInOrder: true,
  mainScores: {
    standard: "v_measure",
    names: ["v_measure", "ami"],
    conditional: [{ prefix: "ami", setting: "legacy", value: undefined }],
  },
  lastPlace: 1e-6,
  tolerance: 0.1,
  boundOf: () => 1e-3,
  settings: (z: Zod, given: unknown) =>
    isRecord(given) && "legacy" in given ? legacySettings(z) : standardSettings(z),
} as const satisfies TypeRecord;
