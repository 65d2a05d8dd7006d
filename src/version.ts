/** The version of this package, as in package.json; recorded in everything it writes. */
export const VERSION = "0.1.0";
