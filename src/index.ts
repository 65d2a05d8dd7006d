export { createRandom, type Random } from "./stats/random.ts";
