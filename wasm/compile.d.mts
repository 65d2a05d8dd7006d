export declare function compiled(program: "product.ts" | "adam.ts"): Promise<string>;
