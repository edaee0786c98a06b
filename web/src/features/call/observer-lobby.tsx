import { EyeIcon } from "lucide-react";
import { MessagePage } from "@/components/message-page";
import { Button } from "@/components/ui/button";
import type { CallInfo } from "./api";

/** Before the call, for who only watches: no device is asked for. */
export function ObserverLobby({ info, onJoin }: { info: CallInfo; onJoin: () => void }) {
  return (
    <MessagePage
      icon={EyeIcon}
      title={info.title}
      actions={
        <Button size="lg" data-testid="join" onClick={onJoin}>
          Watch
        </Button>
      }
    >
      You see and hear the call. Nobody sees or hears you; your name is in the list of people.
    </MessagePage>
  );
}
