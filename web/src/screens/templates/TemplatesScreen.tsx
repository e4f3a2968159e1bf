import { useNavigate } from "@tanstack/react-router";
import { SearchX } from "lucide-react";
import { useMemo, useState } from "react";
import { useUser } from "@/api/session";
import { getLocale } from "@/i18n/locale";
import { flavour } from "@/messages/flavours";
import { templates } from "@/messages/templates";
import { type Template, useTemplates } from "@/project/templates";
import { Button } from "@/ui/Button";
import { Segmented } from "@/ui/Choice";
import { Sheet } from "@/ui/Dialog";
import { Empty } from "@/ui/Empty";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Select } from "@/ui/Input";
import { Loading, Skeleton } from "@/ui/Skeleton";
import { TemplateDetail } from "./TemplateDetail";
import { TemplateTile } from "./TemplateTile";
import { TryOnSong } from "./TryOnSong";

const grid = "grid grid-cols-[repeat(auto-fill,minmax(15rem,1fr))] gap-4";

export function TemplatesScreen() {
  const query = useTemplates();
  const user = useUser();
  const navigate = useNavigate();
  const [pace, setPace] = useState<"all" | "slow" | "medium" | "fast">("all");
  const [genre, setGenre] = useState("");
  const [mood, setMood] = useState("");
  const [open, setOpen] = useState<Template | null>(null);
  const [trying, setTrying] = useState<Template | null>(null);
  const all = query.data?.templates ?? [];
  const order = useMemo(() => new Intl.Collator(getLocale()), []);
  const sorted = (words: readonly string[]) => [...new Set(words)].sort(order.compare);
  const shown = all.filter(
    (one) =>
      (pace === "all" || one.pace === pace) &&
      (genre === "" || one.genres.includes(genre)) &&
      (mood === "" || one.moods.includes(mood)),
  );
  return (
    <div className="mx-auto w-full max-w-6xl px-4 py-8 sm:px-6">
      <h1 className="font-semibold text-2xl">{templates.title}</h1>
      <p className="mt-1 mb-6 max-w-2xl text-fg-2">{templates.text}</p>
      <div className="mb-6 flex flex-wrap items-center gap-2">
        <Segmented
          label={templates.pace}
          value={pace}
          onChange={setPace}
          options={(["all", "slow", "medium", "fast"] as const).map((value) => ({
            value,
            label: templates.paces[value],
          }))}
        />
        <Filter
          label={templates.genre}
          value={genre}
          words={sorted(all.flatMap((one) => one.genres))}
          name={(word) => flavour("genres", word)}
          onChange={setGenre}
        />
        <Filter
          label={templates.mood}
          value={mood}
          words={sorted(all.flatMap((one) => one.moods))}
          name={(word) => flavour("moods", word)}
          onChange={setMood}
        />
      </div>
      {query.isPending && (
        <Loading>
          <div className={grid}>
            {["a", "b", "c", "d", "e", "f"].map((key) => (
              <Skeleton key={key} className="aspect-[4/3] rounded-xl" />
            ))}
          </div>
        </Loading>
      )}
      {query.isError && <ErrorPanel error={query.error} onRetry={() => query.refetch()} />}
      {query.isSuccess && shown.length === 0 && (
        <Empty
          icon={<SearchX />}
          title={templates.none}
          action={
            <Button
              onClick={() => {
                setPace("all");
                setGenre("");
                setMood("");
              }}
            >
              {templates.clear}
            </Button>
          }
        />
      )}
      <ul className={grid}>
        {shown.map((one) => (
          <li key={one.id}>
            <TemplateTile template={one} onOpen={() => setOpen(one)} />
          </li>
        ))}
      </ul>
      <Sheet open={open !== null} onOpenChange={(now) => !now && setOpen(null)} title={open?.name[getLocale()] ?? ""}>
        {open && (
          <>
            <TemplateDetail template={open} />
            <Button
              tone="main"
              size="lg"
              className="mt-6 w-full"
              onClick={() => {
                if (user) setTrying(open);
                else void navigate({ to: "/sign-up" });
              }}
            >
              {user ? templates.tryIt : templates.start}
            </Button>
          </>
        )}
      </Sheet>
      {trying && <TryOnSong template={trying} onClose={() => setTrying(null)} />}
    </div>
  );
}

interface FilterProps {
  readonly label: string;
  readonly value: string;
  readonly words: readonly string[];
  readonly name: (word: string) => string;
  readonly onChange: (word: string) => void;
}

function Filter({ label, value, words, name, onChange }: FilterProps) {
  return (
    <div className="w-40">
      <Select aria-label={label} value={value} className="h-8" onChange={(event) => onChange(event.target.value)}>
        <option value="">
          {label}: {templates.any}
        </option>
        {words.map((word) => (
          <option key={word} value={word}>
            {name(word)}
          </option>
        ))}
      </Select>
    </div>
  );
}
