/** Trying the line before the call: one button, a few seconds, an answer in words. */
import { CircleAlertIcon, CircleCheckIcon, CircleXIcon, WifiIcon } from "lucide-react";
import { useState } from "react";
import { beginNetworkTest } from "@/api/calls";
import { problemOf } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Progress } from "@/components/ui/progress";
import { cn } from "@/lib/cn";
import { NO_WAY_ADVICE, numbersOf, type Verdict, verdictOf } from "./line-verdict";
import { NoWayThrough, tryLine } from "./network-trial";

interface Finding {
  verdict: Verdict;
  numbers: string | undefined;
}

const BLOCKED: Verdict = {
  grade: "bad",
  title: "Video cannot get through from this network",
  advice: NO_WAY_ADVICE,
};

export function NetworkCheck({ guestToken }: { guestToken: string | undefined }) {
  const [share, setShare] = useState<number>();
  const [finding, setFinding] = useState<Finding>();
  const run = async () => {
    setShare(0);
    setFinding(await judge(guestToken, setShare));
    setShare(undefined);
  };
  if (share !== undefined) {
    return (
      <div className="space-y-2 rounded-lg border p-3" role="status" data-testid="network-running">
        <p className="text-[13px]">Testing your connection…</p>
        <Progress value={share * 100} aria-label="Network test" />
      </div>
    );
  }
  return (
    <div className="space-y-1.5">
      {finding !== undefined && <Answer {...finding} />}
      <Button
        variant={finding === undefined ? "outline" : "ghost"}
        size={finding === undefined ? "default" : "sm"}
        className={cn(finding === undefined && "w-full")}
        data-testid="network-check"
        onClick={() => void run()}
      >
        <WifiIcon /> {finding === undefined ? "Test my connection" : "Test again"}
      </Button>
    </div>
  );
}

async function judge(guestToken: string | undefined, onProgress: (share: number) => void): Promise<Finding> {
  try {
    const report = await tryLine(await beginNetworkTest(guestToken), onProgress);
    return { verdict: verdictOf(report), numbers: numbersOf(report) };
  } catch (error) {
    if (isBlocked(error)) return { verdict: BLOCKED, numbers: undefined };
    const { title, detail } = problemOf(error);
    return { verdict: { grade: "bad", title, advice: detail }, numbers: undefined };
  }
}

/** The server answered; only the media found no way. */
function isBlocked(error: unknown): boolean {
  return error instanceof NoWayThrough || (error instanceof Error && error.name === "ConnectionError");
}

const GRADES = {
  good: { icon: CircleCheckIcon, tone: "text-primary" },
  fair: { icon: CircleAlertIcon, tone: "text-warning" },
  bad: { icon: CircleXIcon, tone: "text-destructive" },
};

function Answer({ verdict, numbers }: Finding) {
  const { icon: Icon, tone } = GRADES[verdict.grade];
  return (
    <div
      role="status"
      data-testid="network-verdict"
      data-grade={verdict.grade}
      className="flex gap-2.5 rounded-lg border p-3 text-[13px] leading-5"
    >
      <Icon className={cn("mt-0.5 size-4 shrink-0", tone)} aria-hidden />
      <div className="min-w-0 space-y-0.5">
        <p className="font-medium">{verdict.title}</p>
        {verdict.advice !== undefined && <p className="text-muted-foreground">{verdict.advice}</p>}
        {numbers !== undefined && <p className="text-muted-foreground text-xs tabular-nums">{numbers}</p>}
      </div>
    </div>
  );
}
