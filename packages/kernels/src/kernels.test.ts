import { afterAll, describe, expect, it } from "vitest";
import { KernelMemory, KernelPool } from "./index.ts";
import { numbers } from "./test-numbers.ts";

const pool = new KernelPool({ threads: 2 });
afterAll(() => pool.close());

describe("building blocks", () => {
  it.each([4, 8, 12, 64])("dot and axpy, length %i", (n) => {
    using memory = new KernelMemory();
    const x = memory.copyFloat32(numbers(n, 1));
    const y = memory.copyFloat32(numbers(n, 2));
    const expected = x.view.map((value, i) => 0.5 * value + y.view[i]!);
    const product = x.view.reduce((sum, value, i) => sum + value * y.view[i]!, 0);
    expect(memory.call("dot", x.pointer, y.pointer, n)).toBeCloseTo(product, 4);
    memory.call("axpy", 0.5, x.pointer, y.pointer, n);
    for (const [i, value] of y.view.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
  });

  it("counts what is not finite", () => {
    using memory = new KernelMemory();
    const x = memory.copyFloat32([1, Number.NaN, 3e38, Number.POSITIVE_INFINITY, -Number.POSITIVE_INFINITY, 0, -0]);
    expect(memory.call("countNonFinite", x.pointer, 0, 7)).toBe(3);
    expect(memory.call("countNonFinite", x.pointer, 2, 4)).toBe(1);
  });
});

describe("gram matrix", () => {
  it.each([
    [8, 1],
    [8, 100],
    [24, 37],
    [128, 500],
  ])("equals the plain sum, stride %i, %i rows", async (stride, rows) => {
    using memory = new KernelMemory();
    const factors = memory.copyFloat32(numbers(stride * rows, 3));
    const chunk = Math.ceil(rows / 8);
    const parts = Math.ceil(rows / chunk);
    const partials = memory.allocFloat32(parts * stride * stride);
    const gram = memory.allocFloat32(stride * stride);
    await pool.run({
      memory,
      kernel: "gramPartial",
      args: [factors.pointer, stride, partials.pointer, chunk],
      total: rows,
      chunk,
    });
    memory.call("gramReduce", partials.pointer, parts, stride, 0.5, gram.pointer);
    for (let i = 0; i < stride; i++) {
      for (let j = 0; j < stride; j++) {
        let sum = 0;
        for (let row = 0; row < rows; row++) sum += factors.view[row * stride + i]! * factors.view[row * stride + j]!;
        expect(gram.view[i * stride + j]! - sum / 2).toBeCloseTo(0, 3);
      }
    }
  });
});

describe("shuffling", () => {
  it.each([0, 1, 2, 7, 1000])("keeps every one of %i numbers and continues from its state", (length) => {
    using memory = new KernelMemory();
    const order = memory.copyInt32(Array.from({ length }, (_, i) => i));
    const state = memory.allocUint32(2);
    state.view.set([3, 5]);
    const orders = [0, 1].map(() => {
      memory.call("shuffle", order.pointer, length, state.pointer, 0, 1);
      return [...order.view];
    });
    for (const one of orders) expect(one.toSorted((a, b) => a - b)).toEqual(Array.from({ length }, (_, i) => i));
    if (length > 2) expect(orders[0]).not.toEqual(orders[1]);
  });

  it("gives every order of four the same chance", () => {
    using memory = new KernelMemory();
    const order = memory.copyInt32([0, 1, 2, 3]);
    const state = memory.allocUint32(2);
    state.view.set([9, 1]);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      memory.call("shuffle", order.pointer, 4, state.pointer, 0, 1);
      const key = order.view.join("");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // 1,000 of each are expected, with a standard deviation of 31.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(160);
  });
});

describe("solving", () => {
  it("solves a regular system and reports a singular one", () => {
    using memory = new KernelMemory();
    const stride = 8;
    const rows = memory.copyFloat32(numbers(stride * 20, 4));
    const indices = memory.copyInt32(Array.from({ length: 20 }, (_, i) => i));
    const weights = memory.copyFloat32(Array.from({ length: 20 }, (_, i) => 1 + i / 10));
    const matrix = memory.allocFloat32(stride * stride);
    const right = memory.allocFloat32(stride);
    memory.call("addEntries", rows.pointer, stride, indices.pointer, weights.pointer, 20, matrix.pointer, right.pointer);
    const lower = matrix.view.slice();
    const b = right.view.slice();
    expect(memory.call("solveCholesky", matrix.pointer, stride, 0.3, right.pointer)).toBe(1);
    for (let i = 0; i < stride; i++) {
      let sum = 0.3 * right.view[i]!;
      for (let j = 0; j < stride; j++) sum += lower[Math.max(i, j) * stride + Math.min(i, j)]! * right.view[j]!;
      expect(sum).toBeCloseTo(b[i]!, 3);
    }
    const zero = memory.allocFloat32(stride * stride);
    expect(memory.call("solveCholesky", zero.pointer, stride, 0, right.pointer)).toBe(0);
  });
});
