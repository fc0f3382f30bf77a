import { expect, it } from "vitest";
import { askedPause } from "./retry-after.ts";

const now = Date.UTC(2026, 0, 2, 10, 0, 0);

it.each([
  [{ "Retry-After": "7" }, 7000],
  [{ "Retry-After": " 300 " }, 300_000],
  [{ "Retry-After": "Fri, 02 Jan 2026 10:02:00 GMT" }, 120_000],
  [{ "Retry-After": "Friday, 02-Jan-26 10:02:00 GMT" }, 120_000],
  [{ "Retry-After": "Fri Jan  2 10:02:00 2026 GMT" }, 120_000],
  // The server's clock counts, not ours.
  [{ "Retry-After": "Fri, 02 Jan 2026 09:02:00 GMT", Date: "Fri, 02 Jan 2026 09:00:30 GMT" }, 90_000],
  [{ "Retry-After": "Fri, 02 Jan 2026 09:00:00 GMT" }, undefined],
  [{ "Retry-After": "0" }, undefined],
  [{ "Retry-After": "soon" }, undefined],
  [{ "Retry-After": "-5" }, undefined],
  [{ RateLimit: '"api";r=0;t=55', "RateLimit-Policy": '"fixed window";"api";q=500;w=300' }, 56_000],
  [{ RateLimit: '"api"; t=9 ; r = 0' }, 10_000],
  [{ RateLimit: '"pages";r=3;t=200, "api";r=0;t=20, "resolvers";r=0;t=30' }, 31_000],
  [{ RateLimit: '"api";r=10;t=55' }, undefined],
  [{ RateLimit: '"api";r=0' }, undefined],
  [{ RateLimit: '"api";r=0;t=55', "Retry-After": "5" }, 56_000],
  [{ RateLimit: '"api";r=0;t=5', "Retry-After": "60" }, 60_000],
  [{}, undefined],
])("429 with %j asks to wait %s ms", (headers: Record<string, string>, expected) => {
  expect(askedPause({ status: 429, headers: new Headers(headers) }, now)).toBe(expected);
});

it("takes the limits of requests for 429 alone", () => {
  const headers = new Headers({ RateLimit: '"api";r=0;t=55', "Retry-After": "2" });
  expect(askedPause({ status: 503, headers }, now)).toBe(2000);
});
