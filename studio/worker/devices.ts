/** What networks are computed on. */
export const DEVICES = {
  auto: "the quickest, by trial",
  one: "processor, one thread",
  threads: "processor, several threads",
  webgpu: "graphics card (WebGPU)",
} as const;

export type ComputeDevice = keyof typeof DEVICES;
