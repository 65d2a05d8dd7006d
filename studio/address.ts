/** The tabs of the studio. */
export type Tab = "playground" | "data";

/** What is shown, as the address has it: `#playground?latents=8`. */
export interface Address {
  readonly tab: Tab;
  readonly parameters: URLSearchParams;
}

/** What an address's fragment says; the playground where it says nothing. */
export function parseAddress(hash: string): Address {
  const [tab, query = ""] = hash.replace(/^#/, "").split("?");
  return { tab: tab === "data" ? "data" : "playground", parameters: new URLSearchParams(query) };
}

/** The fragment for an address. */
export function addressText({ tab, parameters }: Address): string {
  const query = parameters.toString();
  return query === "" ? `#${tab}` : `#${tab}?${query}`;
}
