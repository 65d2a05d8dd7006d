import type { Command } from "commander";

/** Options of commands that read molecules. */
export interface MoleculeFlags {
  readonly smiles?: string;
  readonly skipBad?: boolean;
}

/** Adds the options of a command that reads molecules. */
export function withMoleculeOptions(command: Command): Command {
  return command
    .option("--smiles <column>", "molecules: the column of a table that holds a SMILES a row")
    .option("--skip-bad", "molecules: leave out records that cannot be used, instead of stopping at the first");
}
