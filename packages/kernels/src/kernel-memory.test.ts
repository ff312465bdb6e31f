import { describe, expect, it } from "vitest";
import { KernelMemory, KernelMemoryError, releaseKernelMemory } from "./index.ts";
import { RegionAllocator } from "./region-allocator.ts";

describe("KernelMemory", () => {
  it("hands out zeroed arrays at multiples of 64 that do not overlap", () => {
    using memory = new KernelMemory();
    const first = memory.allocFloat32(5);
    const second = memory.allocInt32(3);
    const third = memory.allocUint8(1);
    expect([first.pointer % 64, second.pointer % 64, third.pointer % 64]).toEqual([0, 0, 0]);
    first.view.fill(1);
    expect([...second.view, ...third.view]).toEqual([0, 0, 0, 0]);
    expect(memory.usedBytes).toBe(192);
  });

  it("keeps views valid when the memory grows", () => {
    using memory = new KernelMemory();
    const early = memory.copyFloat32([1, 2, 3]);
    const view = early.view;
    const before = memory.byteLength;
    const large = memory.allocFloat64(before);
    expect(memory.byteLength).toBeGreaterThan(before);
    view[0] = 7;
    large.view[before - 1] = 9;
    expect([...early.view]).toEqual([7, 2, 3]);
    expect(memory.call("dot", early.pointer, early.pointer, 4)).toBe(49 + 4 + 9);
  });

  it("clears room that was used before", () => {
    using memory = new KernelMemory();
    const dirty = memory.allocInt32(100);
    const { pointer } = dirty;
    dirty.view.fill(-1);
    dirty.free();
    dirty.free();
    expect(() => dirty.view).toThrow(TypeError);
    const clean = memory.allocInt32(100);
    expect(clean.pointer).toBe(pointer);
    expect(clean.view.every((value) => value === 0)).toBe(true);
  });

  it("says how much was asked for when there is no room", () => {
    using memory = new KernelMemory();
    const error = (() => {
      try {
        memory.allocFloat32(2 ** 31);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(KernelMemoryError);
    expect(error).toMatchObject({ requestedBytes: 2 ** 33, message: expect.stringContaining("8589934592") });
    expect(memory.allocFloat32(4).view.length).toBe(4);
  });

  it("refuses use after disposal and reuses the region for the next memory, the smallest that fits", () => {
    releaseKernelMemory();
    const first = new KernelMemory();
    const region = first.region;
    const array = first.allocInt32(1);
    first.dispose();
    first.dispose();
    array.free();
    expect(() => first.allocInt32(1)).toThrow(TypeError);
    using second = new KernelMemory();
    expect(second.region).toBe(region);
    using third = new KernelMemory();
    expect(third.region).not.toBe(region);
  });

  it("refuses unknown kernels and impossible lengths", () => {
    using memory = new KernelMemory();
    expect(() => memory.call("nothing")).toThrow(TypeError);
    expect(() => memory.allocInt32(-1)).toThrow(RangeError);
    expect(() => memory.allocInt32(1.5)).toThrow(RangeError);
  });
});

describe("RegionAllocator", () => {
  it("merges freed neighbours, whatever the order", () => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [0, 2, 1],
      [1, 0, 2],
    ]) {
      const allocator = new RegionAllocator(64, 64 + 192);
      const blocks = [allocator.allocate(64), allocator.allocate(1), allocator.allocate(64)];
      expect(allocator.allocate(1)).toBeUndefined();
      for (const index of order) allocator.release(blocks[index] ?? -1);
      expect(allocator.allocate(192)).toBe(64);
    }
  });

  it("refuses to free twice and grows by what is missing at the end", () => {
    const allocator = new RegionAllocator(0, 128);
    const block = allocator.allocate(64) ?? -1;
    expect(allocator.shortage(128)).toBe(64);
    allocator.extend(192);
    expect(allocator.allocate(128)).toBe(64);
    allocator.release(block);
    expect(() => allocator.release(block)).toThrow(RangeError);
  });

  it("takes the smallest block that fits", () => {
    const allocator = new RegionAllocator(0, 640);
    const large = allocator.allocate(256) ?? -1;
    allocator.allocate(64);
    const small = allocator.allocate(64) ?? -1;
    allocator.allocate(64);
    allocator.release(large);
    allocator.release(small);
    expect(allocator.allocate(64)).toBe(small);
  });
});
