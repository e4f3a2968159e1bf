import { ArrowRight, CircleAlert, Globe, RefreshCw } from "lucide-react";
import { useEffect } from "react";
import { sessionGate } from "@/api/session-gate";
import { LogoMark } from "@/frame/LogoMark";
import { PublicFooter } from "@/frame/PublicFooter";
import { getLocale, setLocale } from "@/i18n/locale";
import { common } from "@/messages/common";
import { landing } from "@/messages/landing";
import { song } from "@/messages/song";
import { LocalWaveform } from "@/screens/song/LocalWaveform";
import { SongDrop } from "@/screens/song/SongDrop";
import { chooseSong, forgetSong, restoreDraft, useSongDraft } from "@/screens/song/song-draft";
import { Button, buttonStyles } from "@/ui/Button";
import film from "./film.mp4";
import { Prices } from "./Prices";
import poster from "./poster.webp";
import { Steps } from "./Steps";

export function LandingScreen() {
  const known = sessionGate.known;
  useEffect(() => {
    document.title = `MelodyVision · ${landing.title}`;
    void restoreDraft();
  }, []);
  return (
    <div className="flex min-h-full flex-col">
      <header className="sticky top-0 z-20 bg-canvas/85 backdrop-blur">
        <div className="mx-auto flex h-14 w-full max-w-6xl items-center gap-2 px-4 sm:px-6">
          <a href="/" className="flex items-center gap-2.5 rounded-md">
            <LogoMark />
            <span className="font-semibold text-base tracking-tight max-[22rem]:sr-only">{common.product}</span>
          </a>
          <span className="flex-1" />
          <Button
            tone="quiet"
            icon={<Globe aria-hidden className="size-4" />}
            onClick={() => setLocale(getLocale() === "ko" ? "en" : "ko")}
          >
            {landing.language}
          </Button>
          <a href={known ? "/home" : "/sign-in"} className={buttonStyles({ tone: known ? "main" : "plain" })}>
            {known ? landing.projects : landing.signIn}
          </a>
        </div>
      </header>
      <main id="main" className="flex-1">
        <section className="bg-[radial-gradient(60rem_28rem_at_50%_-6rem,var(--color-ember-soft),transparent)] px-4 pt-16 pb-14 sm:px-6 sm:pt-20">
          <div className="mx-auto flex max-w-3xl flex-col items-center text-center">
            <h1 className="text-balance font-semibold text-2xl tracking-tight sm:text-3xl">{landing.title}</h1>
            <p className="mt-4 max-w-xl text-pretty text-base text-fg-2">{landing.text}</p>
            <div className="mt-9 w-full">
              <UploadTarget known={known} />
            </div>
          </div>
        </section>
        <section aria-labelledby="film" className="mx-auto max-w-5xl px-4 py-10 sm:px-6">
          <h2 id="film" className="font-semibold text-xl">
            {landing.filmTitle}
          </h2>
          <p className="mt-1 mb-5 text-fg-2">{landing.filmText}</p>
          {/* biome-ignore lint/a11y/useMediaCaption: the lyrics are drawn into the film */}
          <video
            src={film}
            poster={poster}
            controls
            preload="none"
            playsInline
            aria-label={landing.playFilm}
            className="aspect-video w-full rounded-xl bg-panel shadow-pop"
          />
        </section>
        <Steps />
        <Prices />
        <section className="mx-auto max-w-3xl px-4 pt-6 pb-24 text-center sm:px-6">
          <h2 className="font-semibold text-xl">{landing.yoursTitle}</h2>
          <p className="mt-2 text-fg-2">{landing.yoursText}</p>
          <a
            href={known ? "/new" : "/sign-up"}
            className={buttonStyles({ tone: "main", size: "xl", className: "mt-7" })}
          >
            {landing.start}
          </a>
        </section>
      </main>
      <PublicFooter />
    </div>
  );
}

/** Takes a song before anybody has signed up: it is drawn at once and kept in this browser. */
function UploadTarget({ known }: { readonly known: boolean }) {
  const { draft, flaw } = useSongDraft();
  if (!draft) {
    return (
      <>
        <SongDrop onFile={chooseSong} />
        {flaw && (
          <p role="alert" className="mt-3 flex items-center justify-center gap-2 text-warn">
            <CircleAlert aria-hidden className="size-4 shrink-0" />
            {song.flaw[flaw]}
          </p>
        )}
      </>
    );
  }
  return (
    <div className="rounded-xl bg-panel p-4 text-left ring-line sm:p-5">
      <div className="mb-3 flex items-center justify-between gap-3">
        <p className="min-w-0 truncate font-medium">{draft.file.name}</p>
        <Button size="sm" tone="quiet" icon={<RefreshCw aria-hidden className="size-3.5" />} onClick={forgetSong}>
          {landing.another}
        </Button>
      </div>
      <LocalWaveform file={draft.file} />
      <div className="mt-4 flex flex-wrap items-center justify-between gap-3">
        {!known && <p className="min-w-0 flex-1 basis-64 text-fg-3 text-xs">{landing.kept}</p>}
        <a href={known ? "/new" : "/sign-up?next=%2Fnew"} className={buttonStyles({ tone: "main", size: "lg" })}>
          {known ? landing.nextIn : landing.next}
          <ArrowRight aria-hidden className="size-4" />
        </a>
      </div>
    </div>
  );
}
