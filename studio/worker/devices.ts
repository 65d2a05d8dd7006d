/** What networks are computed on. */
export const DEVICES = { cpu: "processor", webgpu: "graphics card (WebGPU)" } as const;

export type ComputeDevice = keyof typeof DEVICES;
