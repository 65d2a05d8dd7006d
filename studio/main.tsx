import "virtual:report-theme.css";
import "./style.css";
import "virtual:report-script.js";
import { render } from "preact";
import { App } from "./app.tsx";

render(<App />, document.getElementById("app") as HTMLElement);
