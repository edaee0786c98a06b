/** The area beside the stage: who is here, the chat for all, and (for interviewers) the chat among themselves. */
import { XIcon } from "lucide-react";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { ChatPanel } from "./chat-panel";
import { PeopleList, type PeopleListProps } from "./people-panel";
import type { Chat } from "./use-chat";

export type SideTab = "people" | "chat" | "team";

interface SidePanelProps extends PeopleListProps {
  tab: SideTab;
  onTab: (tab: SideTab) => void;
  onClose: () => void;
  chat: Chat;
  isInterviewer: boolean;
  canWrite: boolean;
}

export function SidePanel({ tab, onTab, onClose, chat, isInterviewer, canWrite, ...people }: SidePanelProps) {
  const tabs: { tab: SideTab; word: string; unread: number }[] = [
    { tab: "people", word: "People", unread: 0 },
    { tab: "chat", word: "Chat", unread: chat.unread.everyone },
    ...(isInterviewer ? [{ tab: "team" as const, word: "Interviewers", unread: chat.unread.team }] : []),
  ];
  return (
    <section data-testid="side-panel" className="flex size-full flex-col rounded-xl border bg-card">
      <header className="flex h-12 shrink-0 items-center justify-between gap-1 border-b pr-2 pl-2">
        <div role="tablist" aria-label="Beside the stage" className="flex min-w-0 gap-0.5">
          {tabs.map(({ tab: name, word, unread }) => (
            <button
              key={name}
              type="button"
              role="tab"
              aria-selected={tab === name}
              data-testid={`tab-${name}`}
              onClick={() => onTab(name)}
              className={cn(
                "flex h-8 items-center gap-1.5 rounded-lg px-2.5 font-medium text-[13px] transition-colors",
                tab === name ? "bg-accent" : "text-muted-foreground hover:text-foreground",
              )}
            >
              {word} {unread > 0 && <Unread count={unread} />}
            </button>
          ))}
        </div>
        <Button variant="ghost" size="icon-sm" aria-label="Close" onClick={onClose}>
          <XIcon />
        </Button>
      </header>
      {tab === "people" && <PeopleList {...people} />}
      {tab === "chat" && (
        <ChatPanel
          chat={chat}
          channel="everyone"
          interviewId={people.interviewId}
          audience="Everyone in the call reads it."
          canWrite={canWrite}
        />
      )}
      {tab === "team" && (
        <ChatPanel
          chat={chat}
          channel="team"
          interviewId={people.interviewId}
          audience="Only interviewers read it, the candidate never."
          canWrite={canWrite}
        />
      )}
    </section>
  );
}

export function Unread({ count }: { count: number }) {
  return (
    <span className="grid h-4.5 min-w-4.5 place-items-center rounded-full bg-primary px-1 font-medium text-[11px] text-primary-foreground tabular-nums">
      {count > 99 ? "99+" : count}
      <span className="sr-only"> unread</span>
    </span>
  );
}
