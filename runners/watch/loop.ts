import { inOrder, judge, type ListedFolder, type Sighting, sight } from "./listing.ts";

/** Effects of watching; tests give others, in which no time passes. */
export interface WatchWorld {
  /** Lists the folders that are there. */
  readonly look: () => Promise<readonly ListedFolder[]>;
  /** Finds the fault of a checkpoint whose files rest and that is not whole; undefined where it is whole. */
  readonly faultOf: (folder: ListedFolder) => Promise<string | undefined>;
  /** Tells whether an earlier start evaluated it, by names, sizes and times. */
  readonly isKnown: (folder: ListedFolder, fingerprint: string) => boolean;
  /** Evaluates it, and tells itself if the checkpoint is at fault; "again" where something else went wrong. */
  readonly evaluate: (folder: ListedFolder, fingerprint: string) => Promise<"go on" | "stop" | "again">;
  readonly tell: (text: string) => void;
  /** Seconds, of a clock that only runs forwards as far as that can be had. */
  readonly now: () => number;
  /** Throws once the watch is to end. */
  readonly sleep: (seconds: number) => Promise<void>;
}

export interface WatchPace {
  /** Seconds between two looks. */
  readonly every: number;
  /** Seconds for which a checkpoint's files may not have changed. */
  readonly settle: number;
  /** Evaluate what is there, and end. */
  readonly once: boolean;
}

/** Seconds after which the user is told why a checkpoint waits, and after which one is tried again. */
const longWait = 60;

/** A folder's state as the watch remembers it. */
interface Watched {
  readonly sighting: Sighting;
  /** Time at which it was first seen, or changed after something was done or told, seconds. */
  readonly waitsSince: number;
  /** It was evaluated, or tried, as it is. */
  readonly isDone: boolean;
  /** Fault of its files as they are. */
  readonly fault?: string;
  /** Reason that was told last, so that it is told once. */
  readonly told?: string;
}

type Memory = ReadonlyMap<string, Watched>;

function remember(world: WatchWorld, before: Memory, folders: readonly ListedFolder[], now: number): Memory {
  return new Map(
    folders.map((folder): [string, Watched] => {
      const old = before.get(folder.name);
      const sighting = sight(folder, old?.sighting, now);
      if (old !== undefined && sighting === old.sighting) return [folder.name, old];
      const isDone = world.isKnown(folder, sighting.fingerprint);
      const isNews = old === undefined || old.isDone || old.told !== undefined;
      const told = old?.told === undefined ? {} : { told: old.told };
      return [folder.name, { sighting, waitsSince: isNews ? now : old.waitsSince, isDone, ...told }];
    }),
  );
}

/** Lists the folders that are yet to be evaluated, in order, with the reasons why they wait. */
function pending(
  memory: Memory,
  folders: readonly ListedFolder[],
  now: number,
  settle: number,
): { folder: ListedFolder; watched: Watched; reason?: string }[] {
  return inOrder(folders).flatMap((folder) => {
    const watched = memory.get(folder.name);
    if (watched === undefined || watched.isDone) return [];
    const { sighting, fault } = watched;
    const ready = judge({ folder, sighting, now, settle, ...(fault === undefined ? {} : { fault }) });
    if (ready.state === "ignored") return [];
    return [{ folder, watched, ...(ready.state === "waiting" ? { reason: ready.reason } : {}) }];
  });
}

/** Tells the reasons of long waits, each once. */
function tellWaits(world: WatchWorld, memory: Memory, waits: ReturnType<typeof pending>, longFrom: number): Memory {
  const told = waits.flatMap(({ folder: { name }, watched, reason }): [string, Watched][] => {
    if (reason === undefined || watched.told === reason || watched.waitsSince > longFrom) return [];
    world.tell(`${name} waits: ${reason}`);
    return [[name, { ...watched, told: reason }]];
  });
  return new Map([...memory, ...told]);
}

/** Tells of checkpoints that vanished before they were evaluated. */
function tellGone(world: WatchWorld, before: ReturnType<typeof pending>, folders: readonly ListedFolder[]): void {
  for (const { folder } of before) {
    if (folders.some(({ name }) => name === folder.name)) continue;
    world.tell(`${folder.name} vanished before it was evaluated; passed over`);
  }
}

/**
 * Looks at a folder again and again, and evaluates each checkpoint in it once it is completely written, one at a time, in
 * the order of their steps. It looks by itself, for notifications of the file system (fs.watch) do not come from network
 * disks, on which training runs write. A checkpoint is tried once; only when its files change, or `evaluate` says so, again.
 *
 * It ends by itself where nothing is left to do (`once`), or `evaluate` says so.
 * @throws what `sleep` and `evaluate` throw
 */
export async function watchFolder(world: WatchWorld, { every, settle, once }: WatchPace): Promise<void> {
  let memory: Memory = new Map();
  let waits: ReturnType<typeof pending> = [];
  let firstLook: number | undefined;
  while (true) {
    const folders = await world.look();
    const now = world.now();
    firstLook ??= now;
    tellGone(world, waits, folders);
    memory = remember(world, memory, folders, now);
    waits = pending(memory, folders, now, settle);
    const next = waits.find(({ reason }) => reason === undefined);
    if (next === undefined) {
      const isOver = once && (waits.length === 0 || now - firstLook >= settle);
      memory = tellWaits(world, memory, waits, isOver ? Number.POSITIVE_INFINITY : now - longWait);
      if (isOver) return;
      await world.sleep(once ? settle : every);
      continue;
    }
    const { folder, watched } = next;
    const { fingerprint } = watched.sighting;
    const fault = await world.faultOf(folder);
    if (fault !== undefined) {
      memory = new Map([...memory, [folder.name, { ...watched, fault }]]);
      continue;
    }
    waits = waits.filter((one) => one !== next);
    memory = new Map([...memory, [folder.name, { ...watched, isDone: true }]]);
    const outcome = await world.evaluate(folder, fingerprint);
    if (outcome === "stop") return;
    if (outcome === "again" && !once) {
      memory = new Map([...memory, [folder.name, watched]]);
      await world.sleep(longWait);
    }
  }
}
