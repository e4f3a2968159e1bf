import { createContext, type ReactNode, use, useSyncExternalStore } from "react";
import { useStore } from "zustand";
import type { Snapshot } from "@/engine/editor";
import type { Project, Scene } from "./scene";
import type { SaveStatus, StudioSession } from "./session";
import type { View } from "./view-store";

interface Studio {
  readonly session: StudioSession;
  readonly project: Project;
  /** Whether this person may change the film. */
  readonly canEdit: boolean;
  readonly selected: string | null;
  readonly select: (id: string) => void;
}

const StudioContext = createContext<Studio | null>(null);

export function StudioProvider({ value, children }: { readonly value: Studio; readonly children: ReactNode }) {
  return <StudioContext value={value}>{children}</StudioContext>;
}

export function useStudio(): Studio {
  const studio = use(StudioContext);
  if (!studio) throw new Error("there is no studio around this");
  return studio;
}

/** A part of the editor's state; what asks for it renders again only when that part is another. */
export function useEditor<T>(select: (snapshot: Snapshot<Scene>) => T): T {
  const { editor } = useStudio().session;
  return useSyncExternalStore(editor.subscribe, () => select(editor.snapshot()));
}

export function useScenes(): readonly Scene[] {
  return useEditor((snapshot) => snapshot.scenes);
}

export function useSelectedScene(): Scene | null {
  const { selected } = useStudio();
  return useEditor((snapshot) => snapshot.scenes.find((scene) => scene.id === selected) ?? null);
}

export function useView<T>(select: (view: View) => T): T {
  return useStore(useStudio().session.view, select);
}

export function useSaveStatus(): SaveStatus {
  const { session } = useStudio();
  return useSyncExternalStore(session.subscribe, session.status);
}

export function usePlaying(): boolean {
  const { clock } = useStudio().session;
  return useSyncExternalStore(
    (listener) => clock.onState(listener),
    () => clock.playing,
  );
}
