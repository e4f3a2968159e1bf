import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { AudioLines, Clapperboard, Compass, Music4, Type, Upload } from "lucide-react";
import { type ReactNode, useState } from "react";
import { api } from "@/api/client";
import { useSessionChange, useUser } from "@/api/session";
import { getLocale, type Locale, setLocale } from "@/i18n/locale";
import { common } from "@/messages/common";
import { flavour } from "@/messages/flavours";
import { onboarding } from "@/messages/onboarding";
import { firstTemplate, keepTaste, readTaste } from "@/project/taste";
import { useTemplates } from "@/project/templates";
import { Button, buttonStyles } from "@/ui/Button";
import { RadioTiles, Segmented } from "@/ui/Choice";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { makeSampleProject } from "./sample-song";

const LAST = 3;
const GENRES = 12;

/** Three questions, all of which can be skipped; it ends in a project. */
export function OnboardingScreen() {
  const user = useUser();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { changed } = useSessionChange();
  const { data } = useTemplates();
  const [step, setStep] = useState(1);
  const [taste, setTaste] = useState(readTaste);
  const genres = [...new Set(data?.templates.flatMap((template) => template.genres) ?? [])].slice(0, GENRES);

  function choose(change: Partial<typeof taste>) {
    const next = { ...taste, ...change };
    setTaste(next);
    keepTaste(next);
  }

  async function finish() {
    const answer = await api.PATCH("/api/users/me", { body: { onboarding_completed: true, locale: getLocale() } });
    if (answer.data) changed(answer.data.user);
  }

  const leave = useMutation({
    mutationFn: async (to: "/new" | "/home") => {
      await finish();
      return to;
    },
    onSuccess: (to) => navigate({ to, replace: true }),
  });
  const sample = useMutation({
    mutationFn: async () => {
      const id = await makeSampleProject(firstTemplate(data?.templates ?? []));
      await finish();
      return id;
    },
    onSuccess: async (id) => {
      await queries.invalidateQueries({ queryKey: ["get", "/api/projects"] });
      await navigate({ to: "/p/$id/analysis", params: { id }, replace: true });
    },
  });
  const kinds = onboarding.kinds;
  return (
    <div className="mx-auto flex max-w-xl flex-col gap-6 pt-[6vh]">
      <div>
        <p className="tnum text-fg-3 text-xs">{onboarding.step({ step, of: LAST })}</p>
        <div aria-hidden className="mt-2 flex gap-1.5">
          {[1, 2, 3].map((part) => (
            <span
              key={part}
              className={part <= step ? "h-1 flex-1 rounded-full bg-ember" : "h-1 flex-1 rounded-full bg-pressed"}
            />
          ))}
        </div>
      </div>
      {step === 1 && (
        <Step title={onboarding.what} text={onboarding.whatText}>
          <RadioTiles
            label={onboarding.what}
            className="grid-cols-1 sm:grid-cols-2 [&_label]:min-h-16 [&_label]:justify-start [&_label]:px-4 [&_label]:text-sm"
            value={taste.kind}
            onChange={(kind) => choose({ kind })}
            options={[
              { value: "own", label: kinds.own, icon: <Music4 aria-hidden /> },
              { value: "client", label: kinds.client, icon: <Clapperboard aria-hidden /> },
              { value: "lyric", label: kinds.lyric, icon: <Type aria-hidden /> },
              { value: "try", label: kinds.try, icon: <Compass aria-hidden /> },
            ]}
          />
        </Step>
      )}
      {step === 2 && (
        <Step title={onboarding.language} text={onboarding.languageText}>
          <Segmented<Locale>
            label={onboarding.language}
            value={getLocale()}
            onChange={setLocale}
            options={[
              { value: "ko", label: "한국어" },
              { value: "en", label: "English" },
            ]}
          />
          <p className="mt-5 mb-2 font-medium text-fg-2 text-xs">{onboarding.genre}</p>
          <RadioTiles
            label={onboarding.genre}
            value={taste.genre}
            onChange={(genre) => choose({ genre })}
            options={genres.map((genre) => ({ value: genre, label: flavour("genres", genre) }))}
          />
        </Step>
      )}
      {step === LAST && (
        <Step title={onboarding.sample} text={onboarding.sampleText}>
          <div className="grid gap-3 sm:grid-cols-2">
            <button
              type="button"
              onClick={() => leave.mutate("/new")}
              disabled={leave.isPending || sample.isPending}
              className="flex flex-col items-start gap-2 rounded-xl bg-panel p-5 text-left ring-line transition-colors duration-[120ms] hover:bg-raised"
            >
              <Upload aria-hidden className="size-6 text-ember" />
              <span className="font-semibold text-base">{onboarding.uploadOwn}</span>
            </button>
            <button
              type="button"
              onClick={() => sample.mutate()}
              disabled={leave.isPending || sample.isPending}
              aria-busy={sample.isPending}
              className="flex flex-col items-start gap-2 rounded-xl bg-panel p-5 text-left ring-line transition-colors duration-[120ms] hover:bg-raised"
            >
              <AudioLines aria-hidden className="size-6 text-section-intro" />
              <span className="font-semibold text-base">
                {sample.isPending ? onboarding.preparing : onboarding.useSample}
              </span>
              <span className="text-fg-3 text-xs">
                {onboarding.sampleName} · {onboarding.sampleLength}
              </span>
            </button>
          </div>
        </Step>
      )}
      {(leave.isError || sample.isError) && <ErrorPanel compact error={leave.error ?? sample.error} />}
      <div className="flex items-center gap-2">
        {step > 1 && (
          <Button size="lg" tone="quiet" onClick={() => setStep(step - 1)}>
            {common.back}
          </Button>
        )}
        <span className="flex-1" />
        {step < LAST ? (
          <>
            <Button size="lg" tone="quiet" onClick={() => setStep(step + 1)}>
              {common.skip}
            </Button>
            <Button size="lg" tone="main" onClick={() => setStep(step + 1)}>
              {common.next}
            </Button>
          </>
        ) : user?.onboarding_completed ? (
          <Link to="/home" className={buttonStyles({ tone: "quiet", size: "lg" })}>
            {onboarding.later}
          </Link>
        ) : (
          <Button size="lg" tone="quiet" busy={leave.isPending} onClick={() => leave.mutate("/home")}>
            {onboarding.later}
          </Button>
        )}
      </div>
    </div>
  );
}

interface StepProps {
  readonly title: string;
  readonly text: string;
  readonly children: ReactNode;
}

function Step({ title, text, children }: StepProps) {
  return (
    <section>
      <h1 className="font-semibold text-xl">{title}</h1>
      <p className="mt-1 mb-5 text-fg-2">{text}</p>
      {children}
    </section>
  );
}
