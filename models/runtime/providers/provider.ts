import type { Format } from "../../graph/builder.ts";
import type { Machine } from "../machine.ts";
import type { Precision } from "../precision.ts";
import type { ExecutionProvider } from "../session.ts";

/**
 * All that this program knows of one kind of device: what the user may name, what a model's sessions there are opened with,
 * in what it computes, and what a machine needs for it. Whoever has a device's name asks `providerOf` (`index.ts`) for its
 * record; nobody else tells devices apart. It is loaded to parse options, so what is heavy is imported when it is called.
 *
 * `Choice` is what the user may name, `Found` the name of what a model then runs on.
 */
export interface Provider<Choice extends string = string, Found extends string = string> {
  /** All that the user may write, for the help and the error that names what is expected. */
  readonly forms: readonly Form[];
  /** Reads what the user wrote; `undefined` where it names no device of this kind. */
  readonly parse: (text: string) => Choice | undefined;
  /** Matches the names of its devices, chosen or found, and no others. */
  readonly names: RegExp;
  /** Variables of the process's environment that it reads by itself, and the values that scores can be compared with. */
  readonly environment: Readonly<Record<string, string>>;
  /** Looks at what a machine has for it. */
  readonly inspect: (machine: Machine) => Promise<Inspection<Found>>;
  /**
   * Says where the sessions of a model on the device run.
   * @throws InputError for a name that says no place
   */
  readonly places: (device: string, model: PlacedModel) => readonly [Place, ...Place[]];
  /** The format in which a Transformer is written for each precision. */
  readonly formats: Readonly<Record<Precision, Format | Refusal>>;
  /** The precision of a run that names none: one of them, or the type that the weights are stored in. */
  readonly defaultPrecision: Precision | "stored";
  /** The batch size is found by trying, when a model is opened; else it is known beforehand. */
  readonly probesBatch: boolean;
  /** It leaves nodes to the processor without a word, and is known by these names; absent where it is the processor. */
  readonly fallback?: Fallback;
  /** Messages that say, besides those that all devices share, that its memory did not suffice. */
  readonly outOfMemory: readonly RegExp[];
}

/** A form of what the user writes, and the words in brackets behind it. */
interface Form {
  readonly form: string;
  /** In the help. */
  readonly help?: string;
  /** In the error that names what is expected. */
  readonly expected?: string;
}

/** These facts of a model decide on the number of its sessions and their threads. */
interface PlacedModel {
  /** Threads of one operator that the user allows. */
  readonly threads: number;
  readonly format: Format;
  /** Number of weights. */
  readonly parameters: number;
}

/** One session runs here. */
export interface Place {
  readonly executionProvider: ExecutionProvider;
  /** Threads of one operator on the processor. */
  readonly threads: number;
}

/** The reason why a precision cannot be had, as the middle of a sentence about it, and the way out. */
interface Refusal {
  readonly refused: string;
  readonly instead: string;
}

interface Fallback {
  /** The provider's name in ONNX Runtime's record of nodes. */
  readonly recorded: string;
  /** Its name for people. */
  readonly name: string;
}

/** Something that was looked at. */
export interface Finding {
  readonly what: string;
  readonly state: "ok" | "missing";
  /** What was seen. */
  readonly seen: string;
  /** The step that mends it. */
  readonly remedy?: string;
}

/** A model is to run on this. */
export interface FoundDevice<Found extends string = string> {
  readonly device: Found;
  /** Its hardware and driver, for the record; absent for the processor. */
  readonly accelerator?: string;
}

/** The answer to a look at a machine for one provider. */
export interface Inspection<Found extends string = string> {
  /** All that it needs, in the order in which it is to be mended. */
  readonly findings: readonly Finding[];
  /**
   * The device behind a choice, where nothing is missing.
   * @throws UsageError for one that is not there
   */
  readonly find: (choice: string) => FoundDevice<Found>;
  /** Lets the devices behind a choice compute, or all of them, where nothing is missing. */
  readonly tryOut: (choice: string | undefined) => Promise<readonly Finding[]>;
  /** It tells the memory in use on a device; absent where that is the process's own. */
  readonly memory?: MemoryReading;
}

interface MemoryReading {
  /** The program and figure that tell it. */
  readonly source: string;
  /** Bytes in use on a device by all programs; `undefined` where that cannot be seen. */
  readonly used: (device: string) => Promise<number | undefined>;
}
