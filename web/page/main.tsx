/**
 * The window's page: calls, their chart, their ladder.
 *
 * All foreign text is set as text, never as markup. Keys: ← → step, `/` filters, Esc closes; ↑ ↓ in the list.
 */
import { render } from "preact";
import { needsToken } from "./api.ts";
import { CallSection } from "./call.tsx";
import { Drawer } from "./drawer.tsx";
import { listen } from "./feed.ts";
import { Header } from "./header.tsx";
import { Talk } from "./ladder.tsx";
import { signIn } from "./link.ts";
import { List } from "./list.tsx";
import { Login } from "./login.tsx";
import { Machines } from "./machines.tsx";
import { Overview } from "./overview.tsx";
import { at, call, follow, go, keepInStep, now, pick, picked, view } from "./state.ts";

function Page() {
  if (needsToken.value) return <Login />;
  return (
    <>
      <Header />
      {view.value === "calls" && (
        <main>
          <List />
          <CallSection />
          <Talk />
          <Drawer />
        </main>
      )}
      {view.value === "overview" && <Overview />}
      {view.value === "machines" && <Machines />}
    </>
  );
}

/** Steps with the arrow keys, unless the focus is in a text field. */
function pressed(event: KeyboardEvent): void {
  const isTyping = event.target instanceof HTMLInputElement;
  if (event.key === "Escape") {
    if (event.defaultPrevented) return;
    if (isTyping) event.target.blur();
    else if (picked.value !== undefined) pick(undefined);
    return;
  }
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("filter")?.focus();
  } else if (call.value && event.key === "ArrowRight") go(at.value + 1);
  else if (call.value && event.key === "ArrowLeft") go(at.value - 1);
}

/** Opens the page's address; a sign-in link is handled first. */
async function arrive(): Promise<void> {
  await signIn();
  follow(location.hash);
}

await arrive();
addEventListener("hashchange", () => void arrive());
addEventListener("keydown", pressed);
setInterval(() => {
  now.value = Date.now();
}, 1_000);
keepInStep();
listen();
render(<Page />, document.body);
