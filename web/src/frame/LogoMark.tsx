export function LogoMark({ className }: { readonly className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 32 32" className={className ?? "size-8"}>
      <rect width="32" height="32" rx="8" fill="var(--color-ember)" />
      <path
        d="M8 13v6M12 10v12M16 7v18M20 11v10M24 14v4"
        stroke="var(--color-on-ember)"
        strokeWidth="2.4"
        strokeLinecap="round"
      />
    </svg>
  );
}
