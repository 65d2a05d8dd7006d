/** Builds the page into `folder`; the name of its file. */
export declare function buildTrainingSite(folder: string): Promise<string>;
