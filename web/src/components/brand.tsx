import { cn } from "@/lib/cn";

/** The sign: one person's frame and the stream that leaves it. */
export function BrandMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={cn("size-7 shrink-0", className)} aria-hidden="true">
      <rect width="32" height="32" rx="9" className="fill-[#007a55]" />
      <rect x="7" y="9.5" width="11" height="13" rx="3.5" className="fill-white" />
      <path d="M20.5 14.2 24 11.9a.7.7 0 0 1 1.1.6v7a.7.7 0 0 1-1.1.6l-3.5-2.3z" className="fill-[#a7f3d0]" />
    </svg>
  );
}

export function Brand({ className }: { className?: string }) {
  return (
    <span
      className={cn("inline-flex items-center gap-2.5 font-semibold text-[15px] tracking-tight", className)}
    >
      <BrandMark />
      Interview Stream
    </span>
  );
}
