import type { Similarity } from "../../models/encoder.ts";
import type { Finding } from "./finding.ts";
import type { FailedCalls } from "./observe.ts";
import type { ProbeKind } from "./probes.ts";

/** How far the vectors of texts of one kind are from those of the model, 1 less the cosine. */
export interface KindDistance {
  readonly kind: ProbeKind;
  /** Texts with a vector. */
  readonly texts: number;
  readonly median: number;
  readonly most: number;
}

/** Main score of a task by the weights, and by the server, 0 to 1. */
export interface TaskCost {
  readonly task: string;
  readonly model: number;
  readonly server: number;
}

/** What is known of a server after its vectors were held against those of a model. */
export interface Certificate {
  /** The server's name in results. */
  readonly server: string;
  readonly model: string;
  readonly revision: string;
  readonly precision: string;
  readonly similarity: Similarity;
  /** Length of a vector, of the server and of the model. */
  readonly dims: { readonly server: number; readonly model: number };
  /** The prompt that the server is to put before texts. */
  readonly prompt: string;
  /** True where no finding is harmful. */
  readonly right: boolean;
  readonly findings: readonly Finding[];
  /** With the model's own settings, whatever was found. */
  readonly distances: readonly KindDistance[];
  readonly calls: number;
  readonly failed: readonly FailedCalls[];
  readonly cost?: TaskCost;
}
