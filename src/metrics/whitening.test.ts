import { describe, expect, it } from "vitest";
import { normals } from "../../test/matrices.ts";
import { ShapeError } from "../errors.ts";
import { matrix } from "../linalg/matrix.ts";
import { applyMap, columnProducts, whiten } from "./whitening.ts";

/** Columns u, u + εv and u + εw: the last two are known to about ε of their length. */
function nearlyDependent(epsilon: number) {
  const { data } = normals(100, 3, 1);
  return matrix(
    100,
    3,
    data.map((value, at) => (at % 3 === 0 ? value : data[at - (at % 3)] + epsilon * value)),
  );
}

describe("whiten", () => {
  it("stays orthonormal to rounding where one pass of Gram–Schmidt would not", () => {
    const { white } = whiten(nearlyDependent(1e-7));
    columnProducts(white, white).data.forEach((value, at) => {
      expect(Math.abs(value - (at % 4 === 0 ? 1 : 0))).toBeLessThan(1e-14);
    });
    for (const values of white) expect(Math.abs(values.reduce((sum, value) => sum + value, 0))).toBeLessThan(1e-7);
  });

  it("gives a map that repeats the coordinates on its rows", () => {
    const x = normals(50, 4, 2);
    const { white, map } = whiten(x);
    applyMap(map, x).data.forEach((value, at) => {
      expect(value).toBeCloseTo(white[at % 4][Math.floor(at / 4)], 13);
    });
  });

  it("counts directions: dependent and constant columns add none", () => {
    expect(whiten(nearlyDependent(1e-7)).white.length).toBe(3);
    expect(whiten(nearlyDependent(1e-13)).white.length).toBe(1);
    expect(whiten(matrix(10, 2, new Float64Array(20).fill(0.1))).white).toEqual([]);
  });
});

describe("applyMap", () => {
  it("refuses rows of another width", () => {
    expect(() => applyMap(whiten(normals(9, 2, 3)).map, matrix(9, 3))).toThrow(ShapeError);
  });
});
