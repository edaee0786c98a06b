import { CheckIcon, CopyIcon } from "lucide-react";
import { type ComponentProps, useEffect, useState } from "react";
import { toast } from "@/components/toaster";
import { Button } from "@/components/ui/button";

type CopyButtonProps = Omit<ComponentProps<typeof Button>, "onClick" | "children"> & {
  /** Without one there is no button. */
  text: string | null;
  label: string;
};

/** Copies a text and says so in its own place. */
export function CopyButton({ text, label, ...props }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = window.setTimeout(() => setCopied(false), 2_000);
    return () => window.clearTimeout(timer);
  }, [copied]);
  if (text === null) return null;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // Browsers keep the clipboard from pages on plain http.
      toast("This browser does not let the page copy", {
        description: "Select the link and copy it by hand.",
      });
    }
  };
  return (
    <Button onClick={copy} aria-live="polite" {...props}>
      {copied ? <CheckIcon /> : <CopyIcon />}
      {copied ? "Copied" : label}
    </Button>
  );
}
