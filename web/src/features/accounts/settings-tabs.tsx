import { Link, type LinkProps } from "@tanstack/react-router";

interface Tab {
  to: NonNullable<LinkProps["to"]>;
  label: string;
}

const tabs: Tab[] = [
  { to: "/settings/profile", label: "Profile" },
  { to: "/settings/security", label: "Security" },
  { to: "/settings/organisation", label: "Organisation" },
  { to: "/settings/members", label: "Members" },
  { to: "/settings/audit", label: "Audit log" },
  { to: "/settings/jobs", label: "Background work" },
];

/** The parts of the settings; on a phone the row scrolls by itself. */
export function SettingsTabs() {
  return (
    <nav aria-label="Settings" className="-mx-4 mb-6 overflow-x-auto px-4 md:mx-0 md:px-0">
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
