import { DownloadIcon, PrinterIcon } from "lucide-react";
import { CopyButton } from "@/components/copy-button";
import { Button } from "@/components/ui/button";
import { DialogDescription, DialogHeader, DialogTitle } from "@/components/ui/dialog";

const readable = (code: string) => `${code.slice(0, 4)} ${code.slice(4)}`;

function download(codes: string[]) {
  const text = `Recovery codes for Interview Stream at ${location.host}\nEach works once.\n\n${codes.join("\n")}\n`;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = "interview-stream-recovery-codes.txt";
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Inside a dialog: the codes, shown this once, and the ways to keep them. */
export function RecoveryCodes({ codes, onKept }: { codes: string[]; onKept: () => void }) {
  const shown = codes.map(readable);
  return (
    <div className="grid gap-4" data-print>
      <DialogHeader>
        <DialogTitle>Keep your recovery codes</DialogTitle>
        <DialogDescription>
          Without your phone or passkey, one of these lets you in. Each works once. They are not shown again.
        </DialogDescription>
      </DialogHeader>
      <ul className="grid grid-cols-2 gap-x-6 gap-y-1.5 rounded-lg bg-secondary px-5 py-4 font-mono text-base tabular-nums">
        {shown.map((code) => (
          <li key={code} className="text-center">
            {code}
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2 print:hidden">
        <CopyButton text={shown.join("\n")} label="Copy" variant="outline" />
        <Button variant="outline" onClick={() => download(shown)}>
          <DownloadIcon />
          Download
        </Button>
        <Button variant="outline" onClick={() => window.print()}>
          <PrinterIcon />
          Print
        </Button>
      </div>
      <Button size="lg" className="print:hidden" onClick={onKept}>
        I have kept them
      </Button>
    </div>
  );
}
