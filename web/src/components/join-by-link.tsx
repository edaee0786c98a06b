import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { cn } from "@/lib/cn";
import { parseJoinAddress } from "@/lib/join-address";

/** Takes whatever link somebody was given and goes there. */
export function JoinByLink({ className, autoFocus }: { className?: string; autoFocus?: boolean }) {
  const navigate = useNavigate();
  const [pasted, setPasted] = useState("");
  const [isWrong, setIsWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const target = parseJoinAddress(pasted);
    if (!target) {
      setIsWrong(true);
    } else if (target.kind === "guest") {
      void navigate({ to: "/join/$token", params: { token: target.token } });
    } else {
      void navigate({ to: "/interviews/$id/room", params: { id: target.interviewId } });
    }
  };
  return (
    <form onSubmit={submit} className={cn("grid gap-2", className)} noValidate>
      <div className="flex gap-2">
        <Input
          value={pasted}
          onChange={(event) => {
            setPasted(event.target.value);
            setIsWrong(false);
          }}
          aria-label="Interview link"
          aria-invalid={isWrong || undefined}
          placeholder="Paste your interview link"
          autoComplete="off"
          spellCheck={false}
          inputMode="url"
          autoFocus={autoFocus}
          className="h-11 md:text-base"
        />
        <Button type="submit" variant="outline" size="xl" className="h-11" disabled={pasted.trim() === ""}>
          Join
        </Button>
      </div>
      {isWrong && (
        <p role="alert" className="text-[13px] text-destructive">
          This is not an interview link. Copy it again from your invitation, from “http” to its end.
        </p>
      )}
    </form>
  );
}
