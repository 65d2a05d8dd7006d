import { describe, expect, it } from "vitest";
import { ConfigError } from "../errors.ts";
import { parseExperiment } from "./config.ts";
import { experiments, onlyCases } from "./experiments.ts";

const good = { kind: "linear", seeds: [0], methods: ["raw"] };

describe("parseExperiment", () => {
  it("takes what is shipped, and ranges beside lists of values", () => {
    for (const { config } of experiments.values()) expect(parseExperiment(structuredClone(config))).toEqual(config);
    const ranges = { ...good, data: { targetNoise: [1, 2] }, grid: { causalPerTask: [1, [0, 3]] } };
    expect(parseExperiment(ranges)).toEqual(ranges);
  });

  it.each([
    [{ ...good, kind: "cubic" }, /kind: expected linear, nonlinear or segments/],
    [{ ...good, seeds: [] }, /^seeds: .*>=1/],
    [{ ...good, seeds: [0.5] }, /^seeds\.0: expected int/],
    [{ ...good, methods: [7] }, /^methods\.0: expected a name, or \{ method, label, options \}/],
    [{ ...good, data: { tasks: "many" } }, /^data\.tasks: expected number, received string/],
    [{ ...good, data: { causalPerTask: "two" } }, /^data\.causalPerTask: expected a whole number, or a range/],
    [{ ...good, data: { sigmaObs: -1 } }, /^data\.sigmaObs: .*>=0/],
    [{ ...good, data: { inputDim: 7 } }, /^data: Unrecognized key: "inputDim"/],
    [{ ...good, grid: { noise: ["laplace", "cauchy"] } }, /^grid\.noise\.1: /],
    [{ ...good, grid: { tasks: 5 } }, /^grid\.tasks: expected array/],
    [{ ...good, cases: [{}, { data: { standardise: 1 } }] }, /^cases\.1\.data\.standardise: expected boolean/],
    [{ ...good, colour: "blue" }, /^the configuration: Unrecognized key: "colour"/],
    [null, /kind: expected linear, nonlinear or segments/],
  ])("refuses %j by its field", (value, message) => {
    const parse = () => parseExperiment(value);
    expect(parse).toThrow(ConfigError);
    expect(parse).toThrow(message);
  });
});

describe("onlyCases", () => {
  const { config } = experiments.get("nonlinear") as { config: Parameters<typeof onlyCases>[0] };

  it("keeps the cases named, all without a name, and refuses what is none", () => {
    expect(onlyCases(config, ["small"]).cases?.map(({ name }) => name)).toEqual(["small"]);
    expect(onlyCases(config, [])).toEqual(config);
    expect(() => onlyCases(config, ["smal"])).toThrow(/no case 'smal' in this experiment; there are paper; small/);
  });
});
