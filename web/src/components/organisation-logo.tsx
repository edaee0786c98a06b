import { cn } from "@/lib/cn";

interface OrganisationLogoProps {
  name: string;
  /** A path of ours; null for an organisation without a logo, which gets its first letter. */
  url: string | null | undefined;
  className?: string;
}

export function OrganisationLogo({ name, url, className }: OrganisationLogoProps) {
  const shape = cn("size-8 shrink-0 rounded-lg", className);
  if (url) return <img src={url} alt="" draggable={false} className={cn(shape, "object-cover")} />;
  return (
    <span
      className={cn(shape, "grid place-items-center bg-foreground font-semibold text-background text-sm")}
      aria-hidden="true"
    >
      {[...name.trim()][0]?.toLocaleUpperCase()}
    </span>
  );
}
