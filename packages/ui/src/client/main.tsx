import { render } from "preact";
import { App } from "./app.tsx";
import { PageState } from "./state/page-state.ts";

const state = new PageState();
const place = document.getElementById("page") as HTMLElement;
place.replaceChildren(); // what was painted until this had loaded
render(<App state={state} />, place);
state.start();
