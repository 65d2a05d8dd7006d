export declare function compiledProduct(): Promise<string>;
