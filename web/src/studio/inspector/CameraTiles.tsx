import {
  ArrowDown,
  ArrowLeft,
  ArrowRight,
  ArrowUp,
  Footprints,
  Hand,
  MoveUp,
  Orbit,
  Video,
  ZoomIn,
  ZoomOut,
} from "lucide-react";
import type { ReactNode } from "react";
import { studio } from "@/messages/studio";
import { vocabulary } from "@/messages/vocabulary";
import { RadioTiles } from "@/ui/Choice";
import { CAMERAS } from "../scene";

type Camera = (typeof CAMERAS)[number];

const ICONS: Readonly<Record<Camera, ReactNode>> = {
  static: <Video aria-hidden />,
  "push-in": <ZoomIn aria-hidden />,
  "pull-out": <ZoomOut aria-hidden />,
  "pan-left": <ArrowLeft aria-hidden />,
  "pan-right": <ArrowRight aria-hidden />,
  orbit: <Orbit aria-hidden />,
  "track-left": <Footprints aria-hidden className="-scale-x-100" />,
  "track-right": <Footprints aria-hidden />,
  handheld: <Hand aria-hidden />,
  "tilt-up": <ArrowUp aria-hidden />,
  "tilt-down": <ArrowDown aria-hidden />,
  "crane-up": <MoveUp aria-hidden />,
};

interface CameraTilesProps {
  readonly value: string;
  readonly disabled: boolean;
  readonly onChange: (camera: Camera) => void;
}

export function CameraTiles({ value, disabled, onChange }: CameraTilesProps) {
  return (
    <RadioTiles
      label={studio.camera}
      className="[&_label]:gap-1 [&_label]:px-1 [&_svg]:shrink-0"
      value={value as Camera}
      disabled={disabled}
      onChange={onChange}
      options={CAMERAS.map((camera) => ({
        value: camera,
        label: <span className="leading-tight">{vocabulary.cameras[camera]}</span>,
        icon: ICONS[camera],
      }))}
    />
  );
}
