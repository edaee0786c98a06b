/** Explains why a camera or microphone stays dark and shows the way out for this very browser. */
import { TriangleAlertIcon } from "lucide-react";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { adviceFor, type DeviceKind, type DeviceProblem, platformOf } from "./device-problems";

interface DeviceHelpProps {
  problems: Partial<Record<DeviceKind, DeviceProblem | undefined>>;
  onRetry: () => void;
  className?: string;
}

export function DeviceHelp({ problems, onRetry, className }: DeviceHelpProps) {
  const { camera, microphone } = problems;
  const platform = platformOf(navigator.userAgent, navigator.maxTouchPoints);
  // One cause for both devices is told once.
  const groups: [DeviceProblem, DeviceKind[]][] = [];
  if (camera !== undefined && camera === microphone) groups.push([camera, ["camera", "microphone"]]);
  else {
    if (camera !== undefined) groups.push([camera, ["camera"]]);
    if (microphone !== undefined) groups.push([microphone, ["microphone"]]);
  }
  return groups.map(([problem, devices]) => {
    const advice = adviceFor(problem, devices, platform);
    const canRetry = problem !== "insecure" && problem !== "unsupported";
    return (
      <section
        key={problem}
        role="alert"
        data-testid="device-help"
        data-problem={problem}
        className={cn("rounded-xl border border-warning/30 bg-warning-surface p-4 text-left", className)}
      >
        <div className="flex gap-3">
          <TriangleAlertIcon className="mt-0.5 size-5 shrink-0 text-warning" aria-hidden />
          <div className="min-w-0 space-y-2">
            <h2 className="font-medium text-sm">{advice.title}</h2>
            <ol
              className={cn(
                "space-y-1 text-[13px] leading-5",
                advice.steps.length > 1 && "list-decimal pl-4",
              )}
            >
              {advice.steps.map((step) => (
                <li key={step}>{step}</li>
              ))}
            </ol>
            {canRetry && (
              <Button variant="outline" size="sm" onClick={onRetry}>
                Try again
              </Button>
            )}
          </div>
        </div>
      </section>
    );
  });
}
