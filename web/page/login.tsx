/** Prompts for the token of `[web]`. */
import { signal } from "@preact/signals";
import { showToken } from "./api.ts";

const wrong = signal(false);

async function submit(event: SubmitEvent): Promise<void> {
  event.preventDefault();
  const field = (event.currentTarget as HTMLFormElement).elements.namedItem("token");
  const right = field instanceof HTMLInputElement && (await showToken(field.value));
  wrong.value = !right;
  if (right) location.reload();
}

export function Login() {
  return (
    <main class="login">
      <form onSubmit={submit}>
        <h1>Carillon</h1>
        <label>
          <span>
            The token: <code>[web] token</code> of the configuration, or the one printed by the demo
          </span>
          <input name="token" type="password" autocomplete="current-password" required />
        </label>
        <button class="main" type="submit">
          Open
        </button>
        {wrong.value && <p role="alert">Wrong token.</p>}
      </form>
    </main>
  );
}
