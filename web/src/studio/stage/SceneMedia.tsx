import { Clapperboard } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { sceneAt } from "@/engine/boundaries";
import { filmSpans, segmentTime } from "@/engine/film-timeline";
import { startsOf } from "@/engine/scene-ops";
import { studio } from "@/messages/studio";
import { useScenes, useStudio } from "../context";
import { fileOf } from "../signed-urls";
import { StageSync } from "./stage-sync";
import { useStageScene } from "./use-stage-scene";

/** The picture at the song's time: the scene's clip in step with the song, else its still, else what it waits for. */
export function SceneMedia({ fps }: { readonly fps: number }) {
  const { session } = useStudio();
  const scenes = useScenes();
  const scene = useStageScene();
  const one = useRef<HTMLVideoElement>(null);
  const other = useRef<HTMLVideoElement>(null);
  const [shown, setShown] = useState<string | null>(null);

  // The elements and what they hold outlive every edit; only what is to be shown is worked out anew.
  const sync = useRef<StageSync | null>(null);
  useEffect(() => {
    if (!one.current || !other.current) return;
    const made = new StageSync(one.current, other.current, (url) => setShown(url ? fileOf(url) : null));
    sync.current = made;
    return () => made.close();
  }, []);
  useEffect(() => {
    const { clock, editor } = session;
    const { grid } = editor;
    const starts = startsOf(scenes);
    const spans = filmSpans(scenes, grid.duration, grid.tempo, fps);
    const show = () => {
      const index = sceneAt(starts, clock.time);
      const span = spans[index];
      sync.current?.show({
        url: scenes[index]?.video_url ?? null,
        time: span ? segmentTime(span, fps, clock.time) : 0,
        playing: clock.playing,
        rate: clock.rate,
        next: scenes[index + 1]?.video_url ?? null,
      });
    };
    const stops = [clock.onTime(show), clock.onState(show)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [session, scenes, fps]);

  const hasClip = scene?.video_url != null;
  const clipShown = hasClip && shown === fileOf(scene.video_url ?? "");
  return (
    <>
      {scene?.image_url && !clipShown && (
        <img src={scene.image_url} alt="" className="absolute inset-0 size-full animate-fade object-cover" />
      )}
      {/* biome-ignore lint/a11y/useMediaCaption: silent pictures of the song; the lyrics are captioned over them */}
      <video
        ref={one}
        aria-hidden
        tabIndex={-1}
        className={videoLook}
        style={{ visibility: hasClip ? "visible" : "hidden" }}
      />
      {/* biome-ignore lint/a11y/useMediaCaption: as above */}
      <video
        ref={other}
        aria-hidden
        tabIndex={-1}
        className={videoLook}
        style={{ visibility: hasClip ? "visible" : "hidden" }}
      />
      {scene && !hasClip && !scene.image_url && (
        <div className="absolute inset-0 flex flex-col items-center justify-center gap-3 bg-raised text-center text-fg-2">
          <Clapperboard aria-hidden className="size-8 text-fg-3" />
          <p>{studio.notMade}</p>
        </div>
      )}
    </>
  );
}

const videoLook = "absolute inset-0 size-full object-cover opacity-0";
