/** With fewer replicates of a bootstrap the ends of an interval are the extremes themselves, or worse. */
export const MIN_REPLICATES = 40;
