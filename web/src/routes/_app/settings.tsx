import { createFileRoute, Outlet } from "@tanstack/react-router";
import { PageHeader } from "@/components/app-shell";
import { SettingsTabs } from "@/features/accounts/settings-tabs";

export const Route = createFileRoute("/_app/settings")({
  component: () => (
    <>
      <PageHeader title="Settings" />
      <SettingsTabs />
      <Outlet />
    </>
  ),
});
