import { ImageIcon } from "lucide-react";
import { lazy, type ReactNode, Suspense, useRef, useState } from "react";
import { type PictureKind, removePicture } from "@/api/pictures";
import { toast, toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";

// Fetched once somebody chooses a picture.
const CropPicture = lazy(() => import("./cropper"));

interface PictureFieldProps {
  kind: PictureKind;
  hasOne: boolean;
  /** How it looks now. */
  children: ReactNode;
}

/** A picture as it is shown, with what gives another or takes it away. */
export function PictureField({ kind, hasOne, children }: PictureFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const [source, setSource] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const close = () => {
    if (source) URL.revokeObjectURL(source);
    setSource(null);
  };
  const remove = async () => {
    setIsBusy(true);
    const gone = kind === "picture" ? "Your picture was removed" : "The logo was removed";
    await removePicture(kind).then(() => toast(gone), toastProblem);
    setIsBusy(false);
  };
  const what = kind === "picture" ? "picture" : "logo";
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
      {children}
      <div className="flex flex-wrap gap-2">
        <input
          ref={input}
          type="file"
          className="hidden"
          aria-label={`Choose a ${what}`}
          accept="image/png,image/jpeg,image/webp,image/gif"
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) setSource(URL.createObjectURL(file));
            event.target.value = "";
          }}
        />
        <Button type="button" variant="outline" size="sm" onClick={() => input.current?.click()}>
          <ImageIcon />
          {hasOne ? `Change the ${what}` : `Add a ${what}`}
        </Button>
        {hasOne && (
          <Button type="button" variant="ghost" size="sm" disabled={isBusy} onClick={() => void remove()}>
            Remove
          </Button>
        )}
      </div>
      <Dialog open={source !== null} onOpenChange={(isOpen) => !isOpen && close()}>
        <DialogContent>
          {source !== null && (
            <Suspense fallback={<Skeleton className="h-96" />}>
              <CropPicture kind={kind} source={source} close={close} />
            </Suspense>
          )}
        </DialogContent>
      </Dialog>
    </div>
  );
}
