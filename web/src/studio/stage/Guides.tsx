/** Thirds, and the areas that stay free of titles and controls on phones and televisions. */
export function Guides() {
  return (
    <svg
      aria-hidden
      viewBox="0 0 300 300"
      preserveAspectRatio="none"
      className="pointer-events-none absolute inset-0 size-full text-white/45 [&_*]:[vector-effect:non-scaling-stroke]"
    >
      <path d="M100 0V300M200 0V300M0 100H300M0 200H300" fill="none" stroke="currentColor" strokeWidth="1" />
      <rect
        x="15"
        y="15"
        width="270"
        height="270"
        fill="none"
        stroke="currentColor"
        strokeWidth="1"
        strokeDasharray="4 4"
      />
      <path d="M144 150h12M150 144v12" fill="none" stroke="currentColor" strokeWidth="1" />
    </svg>
  );
}
