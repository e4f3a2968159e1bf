const apple = /Mac|iPhone|iPad/.test(navigator.platform);

/** Keys as this machine names them: `mod+k` is ⌘K or Ctrl K. */
function keyNames(keys: string): string[] {
  const names: Readonly<Record<string, string>> = {
    mod: apple ? "⌘" : "Ctrl",
    shift: apple ? "⇧" : "Shift",
    alt: apple ? "⌥" : "Alt",
    enter: "↵",
    left: "←",
    right: "→",
    up: "↑",
    down: "↓",
    escape: "Esc",
    space: "Space",
    home: "Home",
    end: "End",
  };
  // The plus itself is a key, too.
  const pressed = keys === "+" ? ["+"] : keys.split("+");
  return pressed.map((key) => names[key.toLowerCase()] ?? key.toUpperCase());
}

export function Kbd({ keys }: { readonly keys: string }) {
  return (
    <span className="inline-flex gap-0.5">
      {keyNames(keys).map((key) => (
        <kbd key={key} className="min-w-5 rounded-[4px] bg-hover px-1 text-center font-sans text-2xs text-fg-2">
          {key}
        </kbd>
      ))}
    </span>
  );
}
