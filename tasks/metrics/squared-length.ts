/** The sum of the squares of the values from `start` up to `end`, in float64; in four parts, so that additions need not wait. */
export function squaredLength(data: Float32Array, start: number, end: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const whole = end - ((end - start) % 4);
  for (let i = start; i < whole; i += 4) {
    a += data[i] * data[i];
    b += data[i + 1] * data[i + 1];
    c += data[i + 2] * data[i + 2];
    d += data[i + 3] * data[i + 3];
  }
  for (let i = whole; i < end; i++) a += data[i] * data[i];
  return a + b + (c + d);
}
