import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DomainError, ShapeError } from "../errors.ts";
import { matrix } from "../linalg/matrix.ts";
import { createRandom } from "../stats/random.ts";
import { scoreIndicators } from "./indicators.ts";

const column = (...values: number[]) => matrix(values.length, 1, Float64Array.from(values));
const one = [{ left: 0, right: 0, correlation: 1 }];

describe("scoreIndicators", () => {
  it("agrees with scikit-learn's examples", () => {
    // Documentation of sklearn.metrics.roc_auc_score and of brier_score_loss.
    expect(scoreIndicators(column(0.1, 0.4, 0.35, 0.8), column(0, 0, 1, 1), one).auroc).toBe(0.75);
    expect(scoreIndicators(column(0.1, 0.9, 0.8, 0.3), column(0, 1, 1, 0), one).brier).toBeCloseTo(0.0375, 14);
  });

  it("counts pairs for the AUROC, ties half (property)", () => {
    const cell = fc.tuple(fc.integer({ min: 0, max: 8 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(cell, { minLength: 2, maxLength: 30 }), (cells) => {
        const causes = cells.filter(([, c]) => c).map(([p]) => p);
        const effects = cells.filter(([, c]) => !c).map(([p]) => p);
        fc.pre(causes.length > 0 && effects.length > 0);
        const wins = causes.flatMap((a) => effects.map((b) => (a > b ? 1 : a === b ? 0.5 : 0)));
        const expected = wins.reduce<number>((sum, win) => sum + win, 0) / wins.length;
        const p = column(...cells.map(([p]) => p / 8));
        const found = scoreIndicators(p, column(...cells.map(([, c]) => Number(c))), one);
        expect(found.auroc).toBeCloseTo(expected, 12);
      }),
    );
  });

  it("works out accuracy, calibration and base rate by hand", () => {
    // Bins [.2, .3): .2, .25 with one cause of two; [.5, .6): .5 an effect; [.9, 1]: .9 and 1, both causes.
    const found = scoreIndicators(column(0.2, 0.25, 0.5, 0.9, 1), column(0, 1, 0, 1, 1), one);
    expect(found.accuracy).toBe(0.8);
    expect(found.baseRate).toBe(0.6);
    expect(found.bins.map(({ low, count, shareOfCauses }) => [low, count, shareOfCauses])).toEqual([
      [0.2, 2, 0.5],
      [0.5, 1, 0],
      [0.9, 2, 1],
    ]);
    expect(found.calibrationError).toBeCloseTo((2 * 0.275 + 0.5 + 2 * 0.05) / 5, 14);
  });

  it("is calibrated for probabilities that are meant, and not for ones that exaggerate", () => {
    const random = createRandom(1);
    const p = Array.from({ length: 20_000 }, () => random.uniform());
    const truth = column(...p.map((value) => (random.uniform() < value ? 1 : 0)));
    // A bin of 2000 cells has a standard error of .011 at most, whose mean absolute value is below .01.
    expect(scoreIndicators(column(...p), truth, one).calibrationError).toBeLessThan(0.015);
    const exaggerated = column(...p.map((value) => (value > 0.5 ? 1 : 0)));
    expect(scoreIndicators(exaggerated, truth, one).calibrationError).toBeGreaterThan(0.2);
  });

  it("compares matched latents only", () => {
    const truth = matrix(3, 2, Float64Array.of(1, 0, 0, 1, 1, 1));
    const estimate = matrix(3, 3, Float64Array.of(0, 0.5, 1, 1, 0.5, 0, 1, 0.5, 1));
    const swapped = [
      { left: 0, right: 1, correlation: -1 },
      { left: 2, right: 0, correlation: 1 },
    ];
    const found = scoreIndicators(estimate, truth, swapped);
    expect([found.accuracy, found.brier, found.auroc, found.count]).toEqual([1, 0, 1, 6]);
    const wrong = swapped.map((pair) => ({ ...pair, right: 1 - pair.right }));
    expect(scoreIndicators(estimate, truth, wrong).accuracy).toBeCloseTo(1 / 3, 14);
  });

  it("has no AUROC where there is nothing to rank", () => {
    expect(scoreIndicators(column(0.1, 0.2), column(1, 1), one).auroc).toBeNaN();
    expect(scoreIndicators(column(0.1, 0.2), column(0, 0), one).auroc).toBeNaN();
  });

  it("refuses what is not a probability, not a truth, or not there", () => {
    expect(() => scoreIndicators(column(0.5, 1.1), column(0, 1), one)).toThrow(/\[0, 1\], got 1.1/);
    expect(() => scoreIndicators(column(0.5, Number.NaN), column(0, 1), one)).toThrow(DomainError);
    expect(() => scoreIndicators(column(0.5, 1), column(0, 0.5), one)).toThrow(/0 or 1, got 0.5/);
    expect(() => scoreIndicators(column(0.5), column(0, 1), one)).toThrow(ShapeError);
    expect(() => scoreIndicators(column(0.5), column(0), [{ left: 1, right: 0, correlation: 1 }])).toThrow(ShapeError);
    expect(() => scoreIndicators(column(0.5), column(0), [])).toThrow(DomainError);
  });
});
