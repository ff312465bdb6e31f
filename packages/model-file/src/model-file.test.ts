import { createHash } from "node:crypto";
import { FurzeError } from "@furze/core";
import { describe, expect, it } from "vitest";
import {
  decodeModelFile,
  encodeModelFile,
  InvalidModelFileError,
  type ModelFile,
  packStrings,
  unpackStrings,
} from "./index.ts";

const sample: ModelFile = {
  kind: "sample",
  header: { score: 0.5, parameters: { numFactors: 2 }, note: "naïve" },
  arrays: {
    factors: Float32Array.of(1.5, -2, 3),
    times: Float64Array.of(1e300),
    empty: new Int32Array(0),
    bytes: Uint8Array.of(1, 2, 3),
    big: BigUint64Array.of(2n ** 63n),
  },
};

function failedCheck(bytes: Uint8Array, kind?: string): string | undefined {
  try {
    decodeModelFile(bytes, kind === undefined ? {} : { kind });
    return undefined;
  } catch (error) {
    if (error instanceof InvalidModelFileError && FurzeError.is(error)) return error.check;
    throw error;
  }
}

/** The file with other bytes but a right checksum. */
function resealed(bytes: Uint8Array, change: (body: Uint8Array) => void): Uint8Array {
  const copy = bytes.slice();
  const body = copy.subarray(0, -32);
  change(body);
  copy.set(createHash("sha256").update(body).digest(), body.length);
  return copy;
}

function replaced(bytes: Uint8Array, from: string, to: string): Uint8Array {
  return resealed(bytes, (body) => {
    const at = Buffer.from(body).indexOf(from);
    expect(at).toBeGreaterThan(0);
    body.set(Buffer.from(to), at);
  });
}

describe("model file", () => {
  it("gives back what went in, without copying", () => {
    const bytes = encodeModelFile(sample);
    const decoded = decodeModelFile(bytes, { kind: "sample" });
    expect(decoded).toEqual(sample);
    for (const array of Object.values(decoded.arrays)) expect(array.buffer).toBe(bytes.buffer);
    expect(encodeModelFile(decoded)).toEqual(bytes);
  });

  it("reads from any place in a buffer", () => {
    const bytes = encodeModelFile(sample);
    const shifted = new Uint8Array(bytes.length + 3).subarray(3);
    shifted.set(bytes);
    expect(decodeModelFile(shifted)).toEqual(sample);
  });

  it("holds a file without arrays", () => {
    const file = { kind: "none", header: null, arrays: {} };
    expect(decodeModelFile(encodeModelFile(file))).toEqual(file);
  });

  it("refuses every flipped byte", () => {
    const bytes = encodeModelFile(sample);
    for (let at = 0; at < bytes.length; at++) {
      for (const mask of [1, 0x80, 0xff]) {
        const damaged = bytes.slice();
        damaged[at] = (damaged[at] ?? 0) ^ mask;
        expect(failedCheck(damaged), `byte ${at}`).toBe(at < 4 ? "magic" : at < 8 ? "version" : "checksum");
      }
    }
  });

  it("refuses every truncation and any addition", () => {
    const bytes = encodeModelFile(sample);
    for (let length = 0; length < bytes.length; length++) {
      expect(failedCheck(bytes.subarray(0, length)), `length ${length}`).toBe(
        length < 4 ? "magic" : length < 48 ? "length" : "checksum",
      );
    }
    expect(failedCheck(Buffer.concat([bytes, Uint8Array.of(0)]))).toBe("checksum");
  });

  it("says which check failed when the checksum is right", () => {
    const bytes = encodeModelFile(sample);
    expect(failedCheck(bytes, "other")).toBe("kind");
    expect(failedCheck(resealed(bytes, (body) => body.set([2], 4)))).toBe("version");
    expect(failedCheck(resealed(bytes, (body) => body.set([0xff, 0xff], 8)))).toBe("length");
    expect(failedCheck(resealed(bytes, (body) => body.set([0], 16)))).toBe("header");
    expect(failedCheck(replaced(bytes, '"kind"', '"find"'))).toBe("header");
    expect(failedCheck(replaced(bytes, '"float32"', '"floaty2"'))).toBe("header");
    expect(failedCheck(replaced(bytes, '"length":3', '"length":-'))).toBe("header");
    expect(failedCheck(replaced(bytes, '"kind":"sample"', '"kind":12345678'))).toBe("header");
  });

  it("refuses an array that ends behind the file", () => {
    const bytes = encodeModelFile({ kind: "k", header: {}, arrays: { a: new Float64Array(11) } });
    expect(failedCheck(replaced(bytes, '"length":11', '"length":99'))).toBe("array");
  });
});

describe("packed strings", () => {
  it("keep order, empty strings and every character", () => {
    const strings = ["", "a", "käse", "日本", "😀/:", ""];
    const packed = packStrings(strings);
    const file = decodeModelFile(encodeModelFile({ kind: "ids", header: {}, arrays: { ...packed } }));
    const { bytes, offsets } = file.arrays;
    if (!(bytes instanceof Uint8Array && offsets instanceof Uint32Array)) throw new TypeError("arrays changed type");
    expect(unpackStrings({ bytes, offsets })).toEqual(strings);
    expect(unpackStrings(packStrings([]))).toEqual([]);
  });

  it("refuse offsets that do not fit", () => {
    const { bytes } = packStrings(["abc", "de"]);
    for (const offsets of [[], [0, 3], [1, 3, 5], [0, 9, 5], [0, 3, 6]]) {
      expect(() => unpackStrings({ bytes, offsets: Uint32Array.from(offsets) })).toThrow(InvalidModelFileError);
    }
  });
});
