import { createFileRoute } from "@tanstack/react-router";
import { MailboxPage } from "@/features/development/mailbox-page";

export const Route = createFileRoute("/development/mailbox")({ component: MailboxPage });
