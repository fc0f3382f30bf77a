/**
 * Returns the milliseconds that an answer asks to wait: by `Retry-After` (seconds or a date), and after too many
 * requests by `RateLimit` (`"api";r=0;t=55`, draft-ietf-httpapi-ratelimit-headers), which has the seconds until the next
 * requests are allowed; by the longer one where there are both. Undefined where it asks nothing.
 *
 * @param now Milliseconds since 1970, for answers that do not tell the time.
 */
export function askedPause({ status, headers }: Pick<Response, "status" | "headers">, now: number): number | undefined {
  const after = retryAfter(headers.get("retry-after")?.trim() ?? "", dateOf(headers) ?? now);
  const reset = status === 429 ? rateLimit(headers.get("ratelimit") ?? "") : [];
  const asked = [...after, ...reset].filter((milliseconds) => milliseconds > 0);
  return asked.length === 0 ? undefined : Math.max(...asked);
}

/** Returns the server's clock, which a date in its answer goes by. */
function dateOf(headers: Headers): number | undefined {
  const date = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(date) ? undefined : date;
}

function retryAfter(value: string, now: number): readonly number[] {
  if (/^\d+(?:\.\d+)?$/.test(value)) return [Number(value) * 1000];
  // Date.parse takes many things for dates; one of HTTP begins with the day's name.
  const date = /^[A-Z][a-z]{2,8},? /.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? [] : [date - now];
}

/** Returns the time of each limit that is used up, with a second more, because servers round. */
function rateLimit(value: string): readonly number[] {
  return value.split(",").flatMap((limit) => {
    const seconds = /;\s*t\s*=\s*(\d+)/i.exec(limit)?.[1];
    return /;\s*r\s*=\s*0+(?!\d)/i.test(limit) && seconds !== undefined ? [(Number(seconds) + 1) * 1000] : [];
  });
}
