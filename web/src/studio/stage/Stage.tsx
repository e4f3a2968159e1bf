import { Captions as CaptionsIcon, Grid3x3, Maximize, Minimize, Monitor, Smartphone, Square } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import type { Schemas } from "@/api/client";
import { STUDIO_KEYS } from "@/engine/keymap";
import { studio } from "@/messages/studio";
import { Segmented } from "@/ui/Choice";
import { IconButton } from "@/ui/IconButton";
import { useStudio, useView } from "../context";
import type { Version } from "../scene";
import { sectionColour, sectionName } from "../section-look";
import type { Aspect } from "../view-store";
import { Captions } from "./Captions";
import { Guides } from "./Guides";
import { SceneMedia } from "./SceneMedia";
import { useStageScene } from "./use-stage-scene";
import { VersionMedia } from "./VersionMedia";

interface StageProps {
  readonly lines: readonly Schemas["Line"][];
  readonly fps: number;
  /** Whether clips were made with the lyrics in their picture. */
  readonly burnt: boolean;
  /** The older version on the stage, if the person chose one. */
  readonly version: Version | null;
  readonly comparing: boolean;
  readonly currentNumber: number | null;
}

const Compare = lazy(() => import("./Compare").then((module) => ({ default: module.Compare })));

/** Width over height, to fit the picture into whatever room there is. */
const RATIOS: Readonly<Record<Aspect, number>> = { "16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1 };

/** What is shown over the picture is no action of its own: it stays quiet when it is on. */
const SHOWN = "aria-pressed:bg-hover aria-pressed:text-fg";

export function Stage({ lines, fps, burnt, version, comparing, currentNumber }: StageProps) {
  const { session } = useStudio();
  const box = useRef<HTMLDivElement>(null);
  const scene = useStageScene();
  const aspect = useView((view) => view.aspect);
  const guides = useView((view) => view.guides);
  const captions = useView((view) => view.captions);
  const look = useView((view) => view.compareLook);
  const full = useFullScreen();
  const section = scene ? session.editor.grid.sectionAt(scene.timestamp_start + 0.01) : undefined;
  const ratio = RATIOS[aspect];
  return (
    <section
      id="stage"
      aria-label={studio.stage}
      tabIndex={-1}
      className="flex min-h-0 min-w-0 flex-1 flex-col outline-none"
    >
      <header className="flex h-11 shrink-0 items-center gap-3">
        {section && (
          <span
            className="shrink-0 rounded-full px-2.5 py-0.5 font-medium text-xs"
            style={{
              color: `color-mix(in oklch, ${sectionColour(section.kind)} 65%, var(--color-fg))`,
              background: `color-mix(in oklch, ${sectionColour(section.kind)} 18%, transparent)`,
            }}
          >
            {sectionName(section)}
          </span>
        )}
        <h2 className="min-w-0 flex-1 truncate font-medium text-sm">
          {scene && studio.sceneTitle({ number: scene.scene_number, title: scene.config.title })}
        </h2>
        <Segmented
          label={studio.aspect}
          className="max-sm:hidden"
          value={aspect}
          onChange={(one) => session.view.setState({ aspect: one })}
          options={[
            { value: "16:9", label: "16:9", icon: <Monitor aria-hidden /> },
            { value: "9:16", label: "9:16", icon: <Smartphone aria-hidden /> },
            { value: "1:1", label: "1:1", icon: <Square aria-hidden /> },
          ]}
        />
        <div className="flex gap-0.5">
          <IconButton
            label={studio.guides}
            keys={STUDIO_KEYS.guides}
            aria-pressed={guides}
            className={SHOWN}
            onClick={() => session.view.setState({ guides: !guides })}
          >
            <Grid3x3 aria-hidden />
          </IconButton>
          <IconButton
            label={studio.captions}
            aria-pressed={captions}
            className={SHOWN}
            onClick={() => session.view.setState({ captions: !captions })}
          >
            <CaptionsIcon aria-hidden />
          </IconButton>
          <IconButton
            label={full.on ? studio.leaveFullScreen : studio.fullScreen}
            onClick={() => full.toggle(box.current)}
          >
            {full.on ? <Minimize aria-hidden /> : <Maximize aria-hidden />}
          </IconButton>
        </div>
      </header>
      <div className="grid min-h-0 flex-1 place-items-center [container-type:size]">
        <div
          ref={box}
          className="relative overflow-hidden rounded-lg bg-black ring-line [container-type:inline-size]"
          style={{ width: `min(100cqw, calc(100cqh * ${ratio}))`, aspectRatio: String(ratio) }}
        >
          {/* The song's clip stays loaded underneath, so that coming back from a version is instant. */}
          <div className="absolute inset-0" style={{ visibility: version ? "hidden" : "visible" }}>
            <SceneMedia fps={fps} />
          </div>
          <Suspense>
            {version && scene && comparing && (
              <Compare before={version} now={scene} nowNumber={currentNumber} look={look} />
            )}
          </Suspense>
          {version && !comparing && <VersionMedia version={version} />}
          {guides && <Guides />}
          {captions && !(burnt && isSegment((version ?? scene)?.video_url)) && <Captions lines={lines} />}
        </div>
      </div>
    </section>
  );
}

/** A scene's stretch of the film, rather than a service's raw clip: it has everything in the picture that the film has. */
function isSegment(url: string | null | undefined): boolean {
  return url?.includes("/segment/") ?? false;
}

function useFullScreen() {
  const [on, setOn] = useState(false);
  useEffect(() => {
    const changed = () => setOn(document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", changed);
    return () => document.removeEventListener("fullscreenchange", changed);
  }, []);
  const toggle = (element: HTMLElement | null) => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void element?.requestFullscreen().catch(() => undefined);
  };
  return { on, toggle };
}
