/** A version in comparable parts: epoch, release without closing zeros, and what stands before or after a release. */
interface Version {
  readonly epoch: number;
  readonly release: readonly number[];
  /** Alpha 0, beta 1, candidate 2, none (a release) 3; a development version of a release stands before all of them. */
  readonly stage: number;
  readonly stageNumber: number;
  /** -1 where there is none. */
  readonly post: number;
  readonly dev: number;
}

const pattern =
  /^\s*v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?\s*$/i;

const stages: Readonly<Record<string, number>> = { a: 0, alpha: 0, b: 1, beta: 1, c: 2, rc: 2, pre: 2, preview: 2 };

function parseVersion(text: string): Version | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, epoch, release = "", stage, stageNumber, impliedPost, post, postNumber, dev, devNumber] = match;
  const parts = release.split(".").map(Number);
  const isPost = impliedPost !== undefined || post !== undefined;
  const developed = dev !== undefined && stage === undefined && !isPost;
  return {
    epoch: Number(epoch ?? 0),
    release: parts.slice(0, parts.findLastIndex((part) => part !== 0) + 1),
    stage: stage === undefined ? (developed ? -1 : 3) : (stages[stage.toLowerCase()] ?? 3),
    stageNumber: Number(stageNumber || 0),
    post: isPost ? Number(impliedPost ?? (postNumber || 0)) : -1,
    dev: dev === undefined ? Number.POSITIVE_INFINITY : Number(devNumber || 0),
  };
}

/** Tells whether a text is a version by PEP 440, as mteb's `packaging.version.Version` takes it. */
export const isVersion = (text: string): boolean => parseVersion(text) !== undefined;

/**
 * Compares two versions as PEP 440 orders them: below 0 where `a` is older. Local parts (`+cpu`) do not count. A text that
 * is no version is older than every version, and equal to another that is none.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  if (left === undefined || right === undefined) return Number(left !== undefined) - Number(right !== undefined);
  const length = Math.max(left.release.length, right.release.length);
  const keys = ({ epoch, release, stage, stageNumber, post, dev }: Version): readonly number[] => [
    epoch,
    ...Array.from({ length }, (_, i) => release[i] ?? 0),
    ...[stage, stageNumber, post, dev],
  ];
  const rights = keys(right);
  for (const [i, key] of keys(left).entries()) {
    const other = rights[i];
    if (key !== other) return key < other ? -1 : 1;
  }
  return 0;
}
