import type { Template } from "@/project/templates";

const CITY = new Set(["skyline", "rooftop", "alley", "crossing", "subway", "tunnel", "bridge"]);

/** A number from the template's name: the same picture every time. */
function seeded(id: string): () => number {
  let state = Array.from(id).reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0, 7);
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const WIDTH = 320;
const HEIGHT = 180;

/** A small view in the template's own colours: its sky, its light, its kind of place. It drifts while pointed at. */
export function TemplateArt({ template }: { readonly template: Template }) {
  const [shadow = "#0d0b1f", middle = "#3b2a63", light = "#ff9a6c", accent = "#ff4f9a", second = "#4fd8ff"] =
    template.palette;
  const random = seeded(template.id);
  const city = CITY.has(template.places[0] ?? "");
  const sky = `sky-${template.id}`;
  const far = ridge(random, city, 92, 26);
  const near = ridge(random, city, 128, 34);
  const lights = city ? Array.from({ length: 46 }, () => [random() * WIDTH, 112 + random() * 62] as const) : [];
  const sun = [90 + random() * 140, 62 + random() * 26] as const;
  return (
    <svg aria-hidden viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="xMidYMid slice" className="size-full">
      <defs>
        <linearGradient id={sky} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor={shadow} />
          <stop offset="0.55" stopColor={middle} />
          <stop offset="1" stopColor={light} />
        </linearGradient>
      </defs>
      <rect width={WIDTH} height={HEIGHT} fill={`url(#${sky})`} />
      <circle cx={sun[0]} cy={sun[1]} r="40" fill={light} opacity="0.18" />
      <circle cx={sun[0]} cy={sun[1]} r="22" fill={light} opacity="0.9" />
      <g className="transition-transform duration-[3000ms] ease-out group-hover:-translate-x-2 group-focus-visible:-translate-x-2">
        <path d={far} fill={middle} opacity="0.9" />
      </g>
      <g className="transition-transform duration-[3000ms] ease-out group-hover:-translate-x-5 group-focus-visible:-translate-x-5">
        <path d={near} fill={shadow} />
        {lights.map(([x, y], index) => (
          <rect
            key={`${x}`}
            x={x}
            y={y}
            width="2.2"
            height="3"
            fill={index % 3 === 0 ? accent : second}
            opacity="0.85"
          />
        ))}
      </g>
    </svg>
  );
}

/** A line of roofs or of hills, wider than the picture so that it can drift. */
function ridge(random: () => number, city: boolean, base: number, height: number): string {
  const points: string[] = [`M-10 ${HEIGHT}`];
  let x = -10;
  let y = base;
  while (x < WIDTH + 40) {
    const width = city ? 14 + random() * 26 : 34 + random() * 44;
    const top = base + (random() - 0.5) * 2 * height * (city ? 1 : 0.7);
    points.push(
      city
        ? `V${top.toFixed(1)} H${(x + width).toFixed(1)}`
        : `C${(x + width / 2).toFixed(1)} ${y.toFixed(1)} ${(x + width / 2).toFixed(1)} ${top.toFixed(1)} ${(x + width).toFixed(1)} ${top.toFixed(1)}`,
    );
    if (!city && points.length === 2) points.splice(1, 0, `L-10 ${y.toFixed(1)}`);
    x += width;
    y = top;
  }
  return `${points.join(" ")} V${HEIGHT} Z`;
}
