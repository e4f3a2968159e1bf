import { Plus, X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";
import { studio } from "@/messages/studio";
import { Avatar } from "@/ui/Avatar";
import { cn } from "@/ui/cn";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { useDraft } from "./use-draft";

export interface CastChoice {
  readonly id: string;
  readonly name: string;
  readonly portrait: string | undefined;
}

interface MentionPromptProps {
  readonly label: string;
  /** Beside the label. */
  readonly aside?: ReactNode;
  readonly value: string;
  readonly most: number;
  readonly disabled: boolean;
  readonly everybody: readonly CastChoice[];
  readonly cast: readonly string[];
  readonly onChange: (text: string) => void;
  readonly onCast: (ids: readonly string[]) => void;
}

/** The prompt. `@` offers the project's characters; choosing one names them and puts them into the picture. */
export function MentionPrompt({
  label,
  aside,
  value,
  most,
  disabled,
  everybody,
  cast,
  onChange,
  onCast,
}: MentionPromptProps) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const { text, type, finish } = useDraft(value, onChange);
  const [asked, setAsked] = useState<{ from: number; word: string; chosen: number } | null>(null);
  const offered = asked ? everybody.filter((one) => one.name.toLowerCase().startsWith(asked.word.toLowerCase())) : [];

  const look = (area: HTMLTextAreaElement) => {
    const before = area.value.slice(0, area.selectionStart);
    const match = /@([^\s@]*)$/u.exec(before);
    setAsked(match ? { from: match.index, word: match[1] ?? "", chosen: 0 } : null);
  };
  const choose = (one: CastChoice) => {
    const area = field.current;
    if (!asked || !area) return;
    const after = text.slice(area.selectionStart);
    type(`${text.slice(0, asked.from)}${one.name}${after.startsWith(" ") ? "" : " "}${after}`);
    if (!cast.includes(one.id)) onCast([...cast, one.id]);
    setAsked(null);
    area.focus();
  };
  const key = (event: KeyboardEvent) => {
    if (!asked || offered.length === 0 || event.nativeEvent.isComposing) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setAsked({ ...asked, chosen: (asked.chosen + step + offered.length) % offered.length });
    } else if (event.key === "Enter" || event.key === "Tab") {
      event.preventDefault();
      const one = offered[asked.chosen];
      if (one) choose(one);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      setAsked(null);
    }
  };
  const absent = everybody.filter((one) => !cast.includes(one.id));
  return (
    <div>
      <div className="mb-1.5 flex min-h-5 items-center justify-between gap-3 text-xs">
        <label htmlFor={id} className="font-medium text-fg-2">
          {label}
        </label>
        {aside}
      </div>
      <div className="relative rounded-lg bg-canvas/60 ring-line-strong focus-within:bg-canvas">
        <textarea
          ref={field}
          id={id}
          value={text}
          maxLength={most}
          disabled={disabled}
          placeholder={studio.promptHint}
          data-prompt
          onChange={(event) => {
            type(event.target.value);
            look(event.target);
          }}
          onKeyDown={key}
          onBlur={finish}
          className="field-sizing-content block max-h-[max(7rem,16vh)] min-h-20 w-full resize-none rounded-lg bg-transparent px-3 pt-2.5 pb-1 text-sm leading-relaxed placeholder:text-fg-3 disabled:opacity-60"
        />
        {asked && offered.length > 0 && (
          <ul
            aria-label={studio.addCast}
            className="absolute bottom-9 left-2 z-30 min-w-40 mv-float rounded-lg p-1 shadow-pop"
          >
            {offered.map((one, index) => (
              <li key={one.id}>
                <button
                  type="button"
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={() => choose(one)}
                  className={cn(
                    "flex h-8 w-full items-center gap-2 rounded-sm px-2 text-sm",
                    index === asked.chosen && "bg-hover",
                  )}
                >
                  <Avatar name={one.name} src={one.portrait} className="size-6" />@{one.name}
                </button>
              </li>
            ))}
          </ul>
        )}
        <div className="flex min-h-9 flex-wrap items-center gap-1 px-2 pt-1 pb-2">
          {everybody
            .filter((one) => cast.includes(one.id))
            .map((one) => (
              <span
                key={one.id}
                className="flex h-7 items-center gap-1 rounded-full bg-raised pr-0.5 pl-0.5 font-medium text-xs"
              >
                <Avatar name={one.name} src={one.portrait} className="mr-0.5 size-6" />@{one.name}
                <button
                  type="button"
                  aria-label={studio.removeCast({ name: one.name })}
                  disabled={disabled}
                  onClick={() => onCast(cast.filter((id_) => id_ !== one.id))}
                  className="flex size-6 items-center justify-center rounded-full text-fg-3 hover:bg-hover hover:text-fg"
                >
                  <X aria-hidden className="size-3" />
                </button>
              </span>
            ))}
          {absent.length > 0 && !disabled && (
            <Menu
              align="start"
              trigger={
                <IconButton label={studio.addCast} size="sm">
                  <Plus aria-hidden />
                </IconButton>
              }
              items={absent.map((one) => ({ label: one.name, onSelect: () => onCast([...cast, one.id]) }))}
            />
          )}
          <span className="tnum ml-auto text-2xs text-fg-3">{studio.count({ used: text.length, most })}</span>
        </div>
      </div>
    </div>
  );
}
