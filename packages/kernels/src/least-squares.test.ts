import { describe, expect, it } from "vitest";
import { type KernelArray, KernelMemory } from "./index.ts";
import { numbers } from "./test-numbers.ts";

/** Solution of a regular system by elimination with pivots, in 64-bit numbers. */
function solve(matrix: number[][], right: number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const n = rows.length;
  for (let column = 0; column < n; column++) {
    const pivot = rows.slice(column).reduce((a, b) => (Math.abs(b[column]!) > Math.abs(a[column]!) ? b : a));
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(column, 0, pivot);
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = row[column]! / pivot[column]!;
      for (let i = column; i <= n; i++) row[i] = row[i]! - factor * pivot[i]!;
    }
  }
  return rows.map((row, i) => row[n]! / row[i]!);
}

/** A half epoch: random factors of `source`, rows of 0 to 9 entries with or without weights. */
function problem(memory: KernelMemory, stride: number, isWeighted: boolean) {
  const numSource = 23;
  const lengths = [0, 1, 2, 3, 4, 5, 0, 7, 8, 9, 1, 6, 0];
  const numRows = lengths.length;
  const source = memory.copyFloat32(numbers(numSource * stride, stride));
  const target = memory.copyFloat32(numbers(numRows * stride, stride + 1));
  const offsets = memory.allocInt32(numRows + 1);
  for (const [row, length] of lengths.entries()) offsets.view[row + 1] = offsets.view[row]! + length;
  const numEntries = offsets.view[numRows]!;
  const indices = memory.copyInt32(Array.from({ length: numEntries }, (_, i) => (i * 5) % numSource));
  const weights = numbers(numEntries, 9).map((value) => value + 1.5);
  const values = isWeighted ? memory.copyFloat32(weights) : undefined;
  const penalties = memory.copyFloat32(lengths.map((length) => 1 + 0.05 * length));
  const gram = memory.allocFloat32(stride * stride);
  const partial = memory.allocFloat32(stride * stride);
  memory.call("gramPartial", source.pointer, stride, partial.pointer, numSource, 0, numSource);
  memory.call("gramReduce", partial.pointer, 1, stride, 0.2, gram.pointer);
  const expected = (row: number): number[] => {
    const start = offsets.view[row]!;
    if (offsets.view[row + 1] === start) return Array<number>(stride).fill(0);
    const matrix = Array.from({ length: stride }, (_, i) =>
      Array.from({ length: stride }, (_, j) => gram.view[i * stride + j]! + (i === j ? penalties.view[row]! : 0)),
    );
    const right = Array<number>(stride).fill(0);
    for (let entry = start; entry < offsets.view[row + 1]!; entry++) {
      const q = source.view.subarray(indices.view[entry]! * stride, (indices.view[entry]! + 1) * stride);
      const weight = isWeighted ? weights[entry]! : 1;
      for (let i = 0; i < stride; i++) {
        right[i]! += weight * q[i]!;
        for (let j = 0; j < stride; j++) matrix[i]![j]! += weight * q[i]! * q[j]!;
      }
    }
    return solve(matrix, right);
  };
  const entries = [offsets.pointer, indices.pointer] as const;
  const weighting = [values?.pointer ?? 0, penalties.pointer] as const;
  return { stride, numRows, numSource, numEntries, source, target, gram, entries, weighting, expected };
}

function expectSolved({ stride, numRows, target, expected }: ReturnType<typeof problem>, digits: number): void {
  for (let row = 0; row < numRows; row++) {
    for (const [i, value] of expected(row).entries()) expect(target.view[row * stride + i]).toBeCloseTo(value, digits);
  }
}

const cases = [8, 16, 40, 72].flatMap((stride) => [false, true].map((isWeighted) => ({ stride, isWeighted })));

describe.each(cases)("half an epoch of least squares, stride $stride, weights $isWeighted", ({ stride, isWeighted }) => {
  it("is solved by conjugate gradients", () => {
    using memory = new KernelMemory();
    const half = problem(memory, stride, isWeighted);
    const panels = memory.allocFloat32(stride * stride);
    memory.call("gramPanels", half.gram.pointer, stride, panels.pointer);
    const scratch = memory.allocFloat32(12 * stride + 4);
    const args = [half.target.pointer, half.source.pointer, stride, ...half.entries, ...half.weighting, panels.pointer];
    memory.call("alsRows", ...args, 60, scratch.pointer, 0, half.numRows);
    expectSolved(half, 2);
  });

  it("is solved by blocks, at once when there is one, else after some rounds", () => {
    using memory = new KernelMemory();
    const half = problem(memory, stride, isWeighted);
    const block = memory.allocFloat32(half.numSource * 8);
    const predictions = memory.allocFloat32(half.numEntries);
    const scratch = memory.allocFloat32(80);
    for (let round = 0; round < (stride === 8 ? 1 : 200); round++) {
      const pair = [half.target.pointer, half.source.pointer, stride] as const;
      memory.call("alsPredictions", ...pair, ...half.entries, predictions.pointer, 0, half.numRows);
      for (let column = 0; column < stride; column += 8) {
        memory.call("packBlock", half.source.pointer, stride, column, block.pointer, 0, half.numSource);
        const args = [half.target.pointer, stride, column, block.pointer, ...half.entries, ...half.weighting];
        memory.call("alsSubspaceRows", ...args, half.gram.pointer, predictions.pointer, scratch.pointer, 0, half.numRows);
      }
    }
    expectSolved(half, stride === 8 ? 4 : 2);
  });
});

describe("small symmetric systems", () => {
  const system = (n: number, rank: number): { matrix: number[][]; right: number[] } => {
    const vectors = Array.from({ length: rank }, (_, i) => numbers(n, i + 1));
    const product = (i: number, j: number) => vectors.reduce((sum, vector) => sum + vector[i]! * vector[j]!, 0);
    const indices = Array.from({ length: n }, (_, i) => i);
    return { matrix: indices.map((i) => indices.map((j) => product(i, j))), right: indices.map((i) => product(i, 0)) };
  };
  const copies = (memory: KernelMemory, { matrix, right }: ReturnType<typeof system>) => ({
    upper: memory.copyFloat32(matrix.flatMap((row, i) => row.map((value, j) => (j < i ? 99 : value)))),
    solution: memory.copyFloat32(right),
    scratch: memory.allocFloat32(right.length),
  });
  const run = (memory: KernelMemory, parts: Record<string, KernelArray<Float32Array<SharedArrayBuffer>>>, n: number): void => {
    memory.call("solveSymmetric", parts.upper!.pointer, n, parts.solution!.pointer, parts.scratch!.pointer);
  };

  it.each([4, 8, 12, 32])("%i unknowns: reads the upper triangle alone", (n) => {
    using memory = new KernelMemory();
    const given = system(n, 4 * n);
    const parts = copies(memory, given);
    run(memory, parts, n);
    for (const [i, value] of solve(given.matrix, given.right).entries()) expect(parts.solution.view[i]).toBeCloseTo(value, 3);
  });

  it("stays finite and solves what can be solved without full rank", () => {
    using memory = new KernelMemory();
    const given = system(16, 5);
    const parts = copies(memory, given);
    run(memory, parts, 16);
    for (const [i, row] of given.matrix.entries()) {
      const sum = row.reduce((total, value, j) => total + value * parts.solution.view[j]!, 0);
      expect(sum).toBeCloseTo(given.right[i]!, 3);
    }
    const zeros = copies(memory, { matrix: Array(8).fill(Array(8).fill(0)), right: Array(8).fill(0) });
    run(memory, zeros, 8);
    expect([...zeros.solution.view]).toEqual(Array(8).fill(0));
  });
});
