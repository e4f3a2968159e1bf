import { FileText } from "lucide-react";
import { useRef, useState } from "react";
import { song } from "@/messages/song";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Textarea } from "@/ui/Input";

interface LyricsInputProps {
  readonly value: string;
  readonly onChange: (text: string, filename: string) => void;
}

const LARGEST = 512 * 1024;

/** The name tells the server how to read them; what is pasted may carry times, too. */
export function nameOfLyrics(text: string): string {
  if (/^\s*\[\d+:\d+/m.test(text)) return "lyrics.lrc";
  return /^\d+:\d+:\d+,\d+ --> /m.test(text) ? "lyrics.srt" : "lyrics.txt";
}

export function LyricsInput({ value, onChange }: LyricsInputProps) {
  const picker = useRef<HTMLInputElement>(null);
  const [unreadable, setUnreadable] = useState(false);
  async function take(file: File) {
    const text = file.size <= LARGEST ? await readText(file) : null;
    setUnreadable(text === null);
    if (text !== null) onChange(text, file.name);
  }
  return (
    <>
      <Field
        label={song.lyrics}
        optional
        hint={song.lyricsHint}
        error={unreadable ? song.lyricsUnreadable : null}
        aside={
          <Button
            tone="link"
            size="inline"
            icon={<FileText aria-hidden className="size-3.5" />}
            onClick={() => picker.current?.click()}
          >
            {song.lyricsFile}
          </Button>
        }
      >
        <Textarea
          value={value}
          rows={8}
          placeholder={song.lyricsPlaceholder}
          spellCheck={false}
          onChange={(event) => {
            setUnreadable(false);
            onChange(event.target.value, nameOfLyrics(event.target.value));
          }}
        />
      </Field>
      <input
        ref={picker}
        type="file"
        accept=".lrc,.srt,.txt,text/plain"
        className="sr-only"
        tabIndex={-1}
        aria-hidden
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) void take(file);
          event.target.value = "";
        }}
      />
    </>
  );
}

/** The file as text; Korean files from older programs are often EUC-KR. `null` when it is neither. */
async function readText(file: File): Promise<string | null> {
  const bytes = await file.arrayBuffer();
  for (const encoding of ["utf-8", "euc-kr"]) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // The next encoding may fit.
    }
  }
  return null;
}
