import { describe, expect, it } from "vitest";
import { crc32c, eventRecord, headRecord, masked } from "./event-file.ts";

describe("crc32c", () => {
  // RFC 3720, appendix B.4, and the check value of the catalogue of CRC algorithms.
  it.each([
    ["123456789", Buffer.from("123456789"), 0xe3069283],
    ["32 zeros", Buffer.alloc(32), 0x8a9136aa],
    ["32 ones", Buffer.alloc(32, 0xff), 0x62a8ab43],
    ["nothing", Buffer.alloc(0), 0],
  ])("of %s", (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });
});

describe("records", () => {
  const parts = (bytes: Buffer) => {
    const length = Number(bytes.readBigUInt64LE());
    const data = bytes.subarray(12, 12 + length);
    expect(bytes.length).toBe(length + 16);
    expect(bytes.readUInt32LE(8)).toBe(masked(crc32c(bytes.subarray(0, 8))));
    expect(bytes.readUInt32LE(12 + length)).toBe(masked(crc32c(data)));
    return data;
  };

  it("begin with the version of the events", () => {
    const data = parts(headRecord(1.5));
    expect(data.toString("hex")).toBe(`09000000000000f83f1a0d${Buffer.from("brain.Event:2").toString("hex")}`);
  });

  it("hold the time, the step, and a value for each tag", () => {
    const data = parts(eventRecord({ time: 1.5, step: 300, scalars: [{ tag: "a", value: 0.5 }] }));
    // wall_time 1.5, step 300 (two groups of seven bits), summary of 10 bytes: a value of 8: tag "a", simple_value 0.5.
    expect(data.toString("hex")).toBe("09000000000000f83f10ac022a0a0a080a0161150000003f");
  });

  it("hold steps beyond 32 bits", () => {
    const data = parts(eventRecord({ time: 0, step: 2 ** 40 + 1, scalars: [] }));
    expect(data.subarray(9).toString("hex")).toBe("108180808080202a00");
  });
});
