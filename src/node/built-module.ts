/** The compiled form of a module of this package: Node runs that, also where tests run the sources. */
export function builtModule(module: URL): string {
  const root = new URL("../", import.meta.url).href;
  if (!module.href.startsWith(root)) return module.href;
  const built = import.meta.url.endsWith(".ts") ? new URL("../dist/", root).href : root;
  return built + module.href.slice(root.length).replace(/\.ts$/, ".js");
}
