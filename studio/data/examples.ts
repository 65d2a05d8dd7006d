/** An example: what its button says, and what to expect of it. */
interface Example {
  readonly label: string;
  readonly about: string;
}

/** Tables that are made here, for a first look. */
export const EXAMPLES = {
  assays: {
    label: "80 assays, each with rows of its own",
    about:
      "Long data: every compound was measured in one assay. Four latents, two of them causes of each assay and two its effects, " +
      "are seen through 40 descriptors. The assumptions hold, and all four are found.",
  },
  materials: {
    label: "500 materials with 16 properties, some missing",
    about:
      "Wide data: every material has all properties, but for a twentieth of the values. Each property leans on one of four latents, " +
      "or on two. Where every row carries every target the model cannot hold exactly; the verdict rests on redrawing the rows.",
  },
  narrow: {
    label: "40 assays through too few descriptors",
    about:
      "Where the method does not hold: like the assays, but only 16 descriptors show the four latents, so that the network cannot " +
      "undo what mixed them. What it misses makes latents depend on each other given the target, and the certificate says so.",
  },
} as const satisfies Readonly<Record<string, Example>>;

export type ExampleName = keyof typeof EXAMPLES;
