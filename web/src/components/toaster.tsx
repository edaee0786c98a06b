/** Short messages at the edge of the page, with room for one act such as Undo. */
import { CircleAlertIcon, CircleCheckIcon, XIcon } from "lucide-react";
import { Toast } from "radix-ui";
import { useSyncExternalStore } from "react";
import { problemOf } from "@/api/client";
import { Button } from "@/components/ui/button";

interface Message {
  id: number;
  title: string;
  description?: string;
  tone: "good" | "bad";
  action?: { label: string; run: () => void };
}

let messages: Message[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function change(next: Message[]): void {
  messages = next;
  for (const listener of listeners) listener();
}

export function toast(title: string, options: Omit<Message, "id" | "title" | "tone"> = {}): void {
  change([...messages, { id: nextId++, title, tone: "good", ...options }]);
}

export function toastProblem(error: unknown): void {
  const { title, detail } = problemOf(error);
  change([...messages, { id: nextId++, title, description: detail, tone: "bad" }]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Toaster() {
  const shown = useSyncExternalStore(subscribe, () => messages);
  return (
    <Toast.Provider swipeDirection="right" duration={6000}>
      {shown.map((message) => (
        <Toast.Root
          key={message.id}
          type={message.tone === "bad" ? "foreground" : "background"}
          duration={message.tone === "bad" ? 12_000 : undefined}
          onOpenChange={(open) => {
            if (!open) change(messages.filter(({ id }) => id !== message.id));
          }}
          className="slide-in-from-bottom-2 fade-in-0 data-[state=closed]:fade-out-0 flex animate-in items-start gap-3 rounded-lg border bg-popover p-3.5 pr-2.5 text-popover-foreground shadow-lg data-[swipe=move]:translate-x-(--radix-toast-swipe-move-x) data-[state=closed]:animate-out"
        >
          {message.tone === "bad" ? (
            <CircleAlertIcon className="mt-0.5 size-4 shrink-0 text-destructive" />
          ) : (
            <CircleCheckIcon className="mt-0.5 size-4 shrink-0 text-live" />
          )}
          <div className="min-w-0 flex-1">
            <Toast.Title className="font-medium">{message.title}</Toast.Title>
            {message.description && (
              <Toast.Description className="mt-0.5 text-muted-foreground">
                {message.description}
              </Toast.Description>
            )}
          </div>
          {message.action && (
            <Toast.Action asChild altText={message.action.label}>
              <Button variant="outline" size="sm" onClick={message.action.run}>
                {message.action.label}
              </Button>
            </Toast.Action>
          )}
          <Toast.Close
            aria-label="Dismiss"
            className="rounded-md p-1 text-muted-foreground transition-colors hover:bg-accent hover:text-foreground"
          >
            <XIcon className="size-4" />
          </Toast.Close>
        </Toast.Root>
      ))}
      <Toast.Viewport className="fixed right-0 bottom-14 md:bottom-0 z-60 flex w-full flex-col gap-2 p-4 pb-[max(1rem,env(safe-area-inset-bottom))] outline-none sm:max-w-sm" />
    </Toast.Provider>
  );
}
