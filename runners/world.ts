import { type HubSettings, hubSettings } from "../datasets/settings.ts";
import type { RunEvent } from "./events.ts";

/** All that evaluating a model reaches outside of itself, for the command line and for programs alike. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where data sets and models come from; its downloads are told, and end with the signal. */
  readonly hub: HubSettings;
  /** Aborts when the user wants to stop; its reason is what is then thrown. */
  readonly signal: AbortSignal;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Takes what happens while it happens. */
  readonly emit: (event: RunEvent) => void;
  /** Takes a line that the user should know and need not act on. */
  readonly note: (line: string) => void;
  /** Takes what the user is told when he stops: what is kept, and how to go on. It is asked for at that moment. */
  readonly whenStopped?: ((note: () => string) => void) | undefined;
}

/** A world in which the Hub is that of the environment. */
export const openWorld = (parts: Omit<World, "hub">): World => ({
  ...parts,
  hub: {
    ...hubSettings(parts.env),
    signal: parts.signal,
    onProgress: (progress) => parts.emit({ kind: "downloading", ...progress }),
  },
});
