import { describe, expect, it } from "vitest";
import type { Certificate } from "../runners/certify/certificate.ts";
import { certificateText } from "./certificate.ts";

const certificate: Certificate = {
  server: "endpoint/host/m",
  model: "acme/m",
  revision: "0123456789abcdef0123456789abcdef01234567",
  precision: "fp32",
  similarity: "cosine",
  dims: { server: 384, model: 384 },
  prompt: "",
  right: true,
  findings: [{ cause: "precision", told: "vectors are rounded as by bf16", harmful: false }],
  distances: [
    { kind: "plain", texts: 10, median: 1.23e-5, most: 0.0456 },
    { kind: "long", texts: 7, median: 1e-14, most: 0.5 },
  ],
  calls: 46,
  failed: [],
};

describe("certificateText", () => {
  it("says that a server is right, and what is good to know", () => {
    expect(certificateText(certificate)).toBe(`right: endpoint/host/m gives the vectors of acme/m
  · precision: vectors are rounded as by bf16

distance from the model's vectors, 1 less the cosine, over 384 values:
texts  number  median distance  greatest
plain      10           1.2e-5    0.0456
long        7                0    0.5000

held against acme/m at 0123456 in fp32, texts as they are; 0 of 46 calls failed
`);
  });

  it("says what is wrong first, the way out, what it costs, and how many calls failed", () => {
    const text = certificateText({
      ...certificate,
      right: false,
      prompt: "query: ",
      dims: { server: 128, model: 384 },
      findings: [...certificate.findings, { cause: "pooling", told: "it pools the last token", harmful: true }],
      failed: [{ kind: "503", count: 3, example: "busy" }],
      cost: { task: "STSBenchmark", model: 0.8203, server: 0.71 },
    });
    expect(text.split("\n").slice(0, 5)).toEqual([
      "wrong: endpoint/host/m does not give the vectors of acme/m",
      "  ✗ pooling: it pools the last token",
      "      → set the server's pooling to the model's own (1_Pooling/config.json)",
      "  · precision: vectors are rounded as by bf16",
      "  STSBenchmark: 82.03 by the weights, 71.00 by the server, −11.03 points",
    ]);
    expect(text).toContain("over the first 128 values:\n");
    expect(text).toContain(', the server to put "query: " before each text; 3 of 46 calls failed\n');
  });
});
