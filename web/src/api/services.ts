// The outside services by the names people know them by.

const NAMES: Readonly<Record<string, string>> = {
  animatic: "Animatic",
  comfyui: "ComfyUI",
  fal: "fal.ai",
  gemini: "Google Gemini",
  kling: "Kling AI",
  local: "Local AI",
  runway: "Runway",
  together: "Together AI",
};

export function serviceName(provider: string): string {
  return NAMES[provider] ?? provider;
}
