import { type HubSettings, hubSettings } from "../datasets/settings.ts";
import type { RunEvent } from "./events.ts";

/** Resources and effects of an evaluation, for the command line and for programs alike. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Source of data sets and models; its downloads and waits are emitted, and end with the signal. */
  readonly hub: HubSettings;
  /** Aborts when the user wants to stop; its reason is what is then thrown. */
  readonly signal: AbortSignal;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly emit: (event: RunEvent) => void;
  /** Tells the user a line that he should know and need not act on. */
  readonly note: (line: string) => void;
  /** Sets the line that the user is told when he stops: what is kept, and how to go on. It is made at that moment. */
  readonly whenStopped?: ((note: () => string) => void) | undefined;
}

/** Completes a world by the Hub of the environment. */
export const openWorld = (parts: Omit<World, "hub">): World => ({
  ...parts,
  hub: {
    ...hubSettings(parts.env),
    signal: parts.signal,
    onProgress: (progress) => parts.emit({ kind: "downloading", ...progress }),
    onWait: (waiting) => parts.emit({ kind: "waiting", ...waiting }),
  },
});
