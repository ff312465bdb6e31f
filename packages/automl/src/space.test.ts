import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { choice, integer, logUniform, randomSampler, Study, space, uniform, type ValuesOf, variant } from "./index.ts";

const models = space({
  model: variant({
    als: { alpha: logUniform(0.001, 10), numFactors: choice([16, 32, 64], { ordered: true }) },
    bpr: {
      learningRate: logUniform(0.001, 1),
      loss: choice(["log", "hinge"]),
      inner: variant({ a: { x: uniform(-1, 1) }, b: {} }),
    },
  }),
  numEpochs: integer(5, 50, { log: true }),
});

const randomStudy = (seed: number) => new Study({ space: models, direction: "maximize", sampler: randomSampler(), seed });

describe("space", () => {
  it("gives values the types of their definitions", () => {
    const { parameters } = randomStudy(0).ask();
    expectTypeOf(parameters.numEpochs).toEqualTypeOf<number>();
    expectTypeOf(parameters.model.kind).toEqualTypeOf<"als" | "bpr">();
    if (parameters.model.kind === "als") expectTypeOf(parameters.model.numFactors).toEqualTypeOf<16 | 32 | 64>();
    else expectTypeOf(parameters.model.loss).toEqualTypeOf<"log" | "hinge">();
    expect(["als", "bpr"]).toContain(parameters.model.kind);
  });

  it("samples inside the space, with the parameters of the chosen variant only", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (seed) => {
        const { model, numEpochs } = randomStudy(seed).ask().parameters;
        expect(Number.isInteger(numEpochs) && numEpochs >= 5 && numEpochs <= 50).toBe(true);
        if (model.kind === "als") {
          expect(Object.keys(model).sort()).toEqual(["alpha", "kind", "numFactors"]);
          expect(model.alpha >= 0.001 && model.alpha <= 10).toBe(true);
          expect([16, 32, 64]).toContain(model.numFactors);
        } else {
          expect(Object.keys(model).sort()).toEqual(["inner", "kind", "learningRate", "loss"]);
          expect(Object.keys(model.inner)).toEqual(model.inner.kind === "a" ? ["kind", "x"] : ["kind"]);
        }
      }),
    );
  });

  it("takes back the parameters that it gave", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (seed) => {
        const { parameters, point } = randomStudy(seed).ask();
        expect(models.encode(parameters)).toEqual(point);
        expect(models.decode(point)).toEqual(parameters);
      }),
    );
  });

  it("maps numbers to [0, 1] and back", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (unit) => {
        for (const leaf of models.leaves) {
          const value = leaf.fromUnit(unit);
          expect(leaf.accepts(value)).toBe(true);
          if (leaf.numOptions > 0) continue;
          expect(leaf.fromUnit(leaf.toUnit(value))).toBeCloseTo(value, 9);
        }
      }),
    );
  });

  it("draws whole numbers at the ends as often as others", () => {
    const die = space({ eyes: integer(1, 6) });
    const study = new Study({ space: die, direction: "maximize", sampler: randomSampler() });
    const counts = new Map<number, number>();
    for (let i = 0; i < 1200; i++) {
      const { eyes } = study.ask().parameters;
      counts.set(eyes, (counts.get(eyes) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([1, 2, 3, 4, 5, 6]);
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(60);
  });

  it("refuses definitions that mean nothing", () => {
    expect(() => uniform(1, 0)).toThrow("high must be finite and at least 1");
    expect(() => logUniform(0, 1)).toThrow("low must be above 0");
    expect(() => integer(0.5, 2)).toThrow("low must be an integer");
    expect(() => integer(0, 2, { log: true })).toThrow("at least 1");
    expect(() => choice([])).toThrow("at least one option");
    expect(() => choice([1, 1])).toThrow("must differ");
    expect(() => variant({})).toThrow("at least one variant");
    expect(() => variant({ a: { kind: uniform(0, 1) } })).toThrow("kind");
    expect(() => space({ a: variant({ b: { c: uniform(0, 1) } }), "a.b.c": uniform(0, 1) })).toThrow("same path");
  });

  it("refuses to enqueue parameters from outside, and names them", () => {
    const good: ValuesOf<typeof models.parameters> = { model: { kind: "als", alpha: 1, numFactors: 32 }, numEpochs: 10 };
    const study = randomStudy(0);
    study.enqueue(good);
    expect(study.ask().parameters).toEqual(good);
    expect(() => study.enqueue({ ...good, numEpochs: 4 })).toThrow("numEpochs is 4, which is not in the space");
    expect(() => study.enqueue({ ...good, model: { kind: "als", alpha: 11, numFactors: 32 } })).toThrow(
      "model.als.alpha is 11",
    );
    const unknown = JSON.parse('{"model":{"kind":"svd"},"numEpochs":10}');
    expect(() => study.enqueue(unknown)).toThrow('model.kind is "svd"');
  });
});
