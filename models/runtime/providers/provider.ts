import type { Format, Lowerings } from "../../graph/builder.ts";
import type { Machine } from "../machine.ts";
import type { Precision } from "../precision.ts";
import type { ExecutionProvider } from "../session.ts";

/**
 * All that this program knows of one kind of device: the names that the user may give, the settings of a model's
 * sessions there, the number formats it computes in, and its needs. Whoever has a device's name asks `providerOf`
 * (`index.ts`) for its record; nobody else tells devices apart. It is loaded to parse options, so heavy modules are
 * imported by the functions that need them.
 *
 * `Choice` is a name that the user may give, `Found` the name of the device that a model then runs on.
 */
export interface Provider<Choice extends string = string, Found extends string = string> {
  /** All that the user may write, for the help and the error that names the expected words. */
  readonly forms: readonly Form[];
  /** Reads the user's word; `undefined` where it names no device of this kind. */
  readonly parse: (text: string) => Choice | undefined;
  /** Matches the names of its devices, chosen or found, and no others. */
  readonly names: RegExp;
  /** Environment variables that the provider reads by itself, and the values with which scores can be compared. */
  readonly environment: Readonly<Record<string, string>>;
  /** Looks for its needs on a machine. */
  readonly inspect: (machine: Machine) => Promise<Inspection<Found>>;
  /**
   * Places the sessions of a model on the device.
   * @throws InputError for a name that is no found device, such as `cuda`
   */
  readonly placements: (device: string, model: PlacedModel) => readonly [Placement, ...Placement[]];
  /** The format in which a Transformer is written for each precision. */
  readonly formats: Readonly<Record<Precision, Format | Refusal>>;
  /** Operators of our graphs that its kernels lack or are slow at; absent where there is none. */
  readonly lowerings?: () => Promise<Lowerings>;
  /** The precision of a run that names none: one of them, or the type that the weights are stored in. */
  readonly defaultPrecision: Precision | "stored";
  /** The batch size is found by trying, when a model is opened; else it is known beforehand. */
  readonly probesBatch: boolean;
  /** The names of a provider that leaves nodes to the processor without a word; absent for the processor itself. */
  readonly fallback?: Fallback;
  /** Messages, besides those that all devices share, that say that its memory did not suffice. */
  readonly outOfMemory: readonly RegExp[];
  /** What nobody has seen it do yet; absent where nothing is left to be seen. */
  readonly untried?: string;
}

/** How a provider that leaves nodes to the processor is named, and which it may leave there. */
export interface Fallback {
  /** Its name in ONNX Runtime's profile. */
  readonly profileName: string;
  /** Its name for people. */
  readonly name: string;
  /** Matches descriptions (`placement.ts`) of nodes that belong on the processor; absent where none does. */
  readonly meant?: readonly RegExp[];
}

/** A word that the user may write, and its explanations in brackets. */
export interface Form {
  readonly form: string;
  /** In the help. */
  readonly help?: string;
  /** In the error that names the expected words. */
  readonly expected?: string;
}

/** The facts of a model that decide on the number of its sessions and their threads. */
interface PlacedModel {
  /** Threads of one operator that the user allows. */
  readonly threads: number;
  readonly format: Format;
  /** Number of weights. */
  readonly parameters: number;
}

/** Device and threads of one session. */
export interface Placement {
  readonly executionProvider: ExecutionProvider;
  /** Threads of one operator on the processor. */
  readonly threads: number;
}

/** The reason why a precision cannot be had, as the middle of a sentence about it, and the way out. */
interface Refusal {
  readonly refused: string;
  readonly instead: string;
}

/** The state of one need, or what is untried. */
export interface Finding {
  readonly what: string;
  readonly state: "ok" | "missing" | "untried";
  readonly seen: string;
  /** The step that mends it. */
  readonly remedy?: string;
}

/** The device that a model is to run on. */
export interface FoundDevice<Found extends string = string> {
  readonly device: Found;
  /** Its hardware and driver, for the record; absent for the processor. */
  readonly accelerator?: string;
}

/** The state of a machine for one provider. */
export interface Inspection<Found extends string = string> {
  /** All needs, in the order in which they are to be mended. */
  readonly findings: readonly Finding[];
  /**
   * Finds the device behind a choice, where nothing is missing.
   * @throws UsageError for one that is not there
   */
  readonly find: (choice: string) => FoundDevice<Found>;
  /** Lets the devices behind a choice compute, or all of them, where nothing is missing. */
  readonly tryOut: (choice: string | undefined) => Promise<readonly Finding[]>;
  /** Why `--device auto` passes it over, though it works; absent where it may take it. */
  readonly passedOver?: string;
  /** Memory in use on a device by all programs; absent where it is the process's own. */
  readonly memory?: {
    /** The program and figure that tell it. */
    readonly source: string;
    /** Bytes; `undefined` where that cannot be seen. */
    readonly used: (device: string) => Promise<number | undefined>;
  };
}
