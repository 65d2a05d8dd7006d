import { useEffect, useState } from "preact/hooks";
import { VERSION } from "../src/version.ts";
import { addressText, parseAddress, type Tab } from "./address.ts";
import { DataTab } from "./data/data-tab.tsx";
import { dataParametersOf, dataSettingsFrom } from "./data/settings.ts";
import { Playground } from "./playground/playground.tsx";
import { parametersOf, settingsFrom } from "./playground/settings.ts";

const TABS: Readonly<Record<Tab, { readonly label: string; readonly title: string }>> = {
  playground: { label: "Playground", title: "Playground: latents with known truth" },
  data: { label: "Your data", title: "Your data: the latents behind the targets" },
};

/** The studio: two tabs that stay as they are while the other one is looked at. */
export function App() {
  const [address, setAddress] = useState(() => parseAddress(location.hash));
  const { tab } = address;
  const [playground, setPlayground] = useState(() => settingsFrom(parametersFor("playground", address)));
  const [data, setData] = useState(() => dataSettingsFrom(parametersFor("data", address)));
  const addresses: Readonly<Record<Tab, string>> = {
    playground: addressText({ tab: "playground", parameters: parametersOf(playground) }),
    data: addressText({ tab: "data", parameters: dataParametersOf(data) }),
  };

  useEffect(() => {
    const follow = () => {
      const next = parseAddress(location.hash);
      setAddress(next);
      if (next.tab === "playground") setPlayground(settingsFrom(next.parameters));
      else setData(dataSettingsFrom(next.parameters));
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  useEffect(() => history.replaceState(null, "", addresses[tab]), [addresses[tab]]);

  return (
    <>
      <header>
        <p class="brand">
          taskprism <span>studio</span>
        </p>
        <nav aria-label="Tabs">
          {(Object.keys(TABS) as Tab[]).map((name) => (
            <a key={name} href={addresses[name]} aria-current={tab === name ? "page" : undefined}>
              {TABS[name].label}
            </a>
          ))}
        </nav>
      </header>
      <main>
        <h1>{TABS[tab].title}</h1>
        <div hidden={tab !== "playground"}>
          <Playground isShown={tab === "playground"} settings={playground} change={setPlayground} />
        </div>
        <div hidden={tab !== "data"}>
          <DataTab isShown={tab === "data"} settings={data} change={setData} />
        </div>
      </main>
      <footer>
        taskprism {VERSION}. Everything is computed in this page; no row of your data leaves this machine.
      </footer>
    </>
  );
}

const parametersFor = (tab: Tab, address: ReturnType<typeof parseAddress>) =>
  address.tab === tab ? address.parameters : new URLSearchParams();
