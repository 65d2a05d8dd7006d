/** The name of latent j in everything that is printed: z0, z1, …, in canonical order. */
export function latentName(j: number): string {
  return `z${j}`;
}

/** The names of the latents, z0, z1, …, in canonical order. */
export function latentNames(count: number): string[] {
  return Array.from({ length: count }, (_, j) => latentName(j));
}
