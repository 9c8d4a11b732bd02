/** A menu behind a button: it closes on Esc, on a click elsewhere, and after a choice. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

export function Menu({ title, children }: { title: string; children: ComponentChildren }) {
  const isOpen = useSignal(false);
  const box = useRef<HTMLSpanElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const clicked = ({ target }: MouseEvent): void => {
      if (!(target instanceof Node && box.current?.contains(target))) isOpen.value = false;
    };
    addEventListener("click", clicked);
    return () => removeEventListener("click", clicked);
  }, [isOpen]);
  const pressed = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !isOpen.value) return;
    event.stopPropagation();
    isOpen.value = false;
    button.current?.focus();
  };
  const toggle = (): void => {
    isOpen.value = !isOpen.value;
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Esc comes from the elements inside
    <span class="menu" ref={box} onKeyDown={pressed}>
      <button type="button" ref={button} aria-expanded={isOpen.value} onClick={toggle}>
        {title}
      </button>
      {isOpen.value && (
        // biome-ignore lint/a11y/noStaticElementInteractions: the choices are links
        // biome-ignore lint/a11y/useKeyWithClickEvents: a link is clicked by Enter, too
        <div onClick={toggle}>{children}</div>
      )}
    </span>
  );
}
