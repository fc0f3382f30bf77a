import { readFileSync } from "node:fs";

/** Returns the middle one of several numbers. */
export const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Starts a clock; what it returns tells the seconds since then, and those of all processors that this process took. */
export function startClock() {
  const [began, used] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(used);
    return { seconds: (performance.now() - began) / 1000, processor: (user + system) / 1e6 };
  };
}

/** Returns this process's peak memory in bytes (Linux). That of `process.resourceUsage` begins with the parent's. */
export function peakBytes() {
  const [, kib] = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"));
  return Number(kib) * 1024;
}

/** Computes the cosine of each row of one matrix with the same row of another; both lie row after row. */
export function cosines(a, b, dims) {
  const dot = (x, y) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  const row = (data, i) => Float64Array.from(data.subarray(i * dims, (i + 1) * dims));
  return Array.from({ length: a.length / dims }, (_, i) => {
    const [x, y] = [row(a, i), row(b, i)];
    return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
  });
}
