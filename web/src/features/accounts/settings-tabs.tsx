import { Link, type LinkProps, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

interface Tab {
  to: NonNullable<LinkProps["to"]>;
  label: string;
}

const tabs: Tab[] = [
  { to: "/settings/profile", label: "Profile" },
  { to: "/settings/security", label: "Security" },
  { to: "/settings/organisation", label: "Organisation" },
  { to: "/settings/members", label: "Members" },
  { to: "/settings/keys", label: "API keys" },
  { to: "/settings/audit", label: "Audit log" },
  { to: "/settings/jobs", label: "Background work" },
];

/** The parts of the settings; on a phone the row scrolls by itself. */
export function SettingsTabs() {
  const row = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address decides which one is active
  useEffect(() => {
    const active = row.current?.querySelector("[data-status=active]");
    active?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [pathname]);
  return (
    <nav ref={row} aria-label="Settings" className="-mx-4 mb-6 overflow-x-auto px-4 md:mx-0 md:px-0">
      <div className="flex w-max min-w-full gap-1 border-b">
        {tabs.map(({ to, label }) => (
          <Link
            key={to}
            to={to}
            className="-mb-px border-transparent border-b-2 px-3 py-2 font-medium text-muted-foreground transition-colors hover:text-foreground data-[status=active]:border-primary data-[status=active]:text-foreground"
          >
            {label}
          </Link>
        ))}
      </div>
    </nav>
  );
}
