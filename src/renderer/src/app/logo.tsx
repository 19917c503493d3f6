/** A lifted sluice gate with water passing under it. */
export function Logo({ size = 20 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill="none" aria-hidden="true">
      <path d="M3.5 2v16M16.5 2v16" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
      <rect x="6.2" y="3" width="7.6" height="6.4" rx="1" fill="currentColor" />
      <path
        d="M6.2 12.8c1.3-1 2.5-1 3.8 0s2.5 1 3.8 0M6.2 16.6c1.3-1 2.5-1 3.8 0s2.5 1 3.8 0"
        stroke="var(--accent)"
        strokeWidth="1.7"
        strokeLinecap="round"
      />
    </svg>
  );
}
