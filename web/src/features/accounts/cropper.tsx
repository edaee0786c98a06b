import Cropper from "react-easy-crop";
import "react-easy-crop/react-easy-crop.css";
import { useRef, useState } from "react";
import { type Problem, problemOf } from "@/api/client";
import { type PictureKind, sendPicture } from "@/api/pictures";
import { ProblemNotice } from "@/components/problem-notice";
import { toast } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { DialogDescription, DialogFooter, DialogHeader, DialogTitle } from "@/components/ui/dialog";
import { Slider } from "@/components/ui/slider";
import { type Area, cutSquare } from "@/lib/square";

const MOST_ZOOM = 4;
const UNREADABLE: Problem = {
  status: 0,
  type: "picture-unreadable",
  title: "This picture cannot be read",
  detail: "Choose a PNG, JPEG or WebP.",
  extra: {},
};

interface CropPictureProps {
  kind: PictureKind;
  /** An address of what was chosen. */
  source: string;
  close: () => void;
}

/** What was chosen, and the square of it that will be shown: drag or arrow keys move it, the slider makes it larger. */
export default function CropPicture({ kind, source, close }: CropPictureProps) {
  const [crop, setCrop] = useState({ x: 0, y: 0 });
  const [zoom, setZoom] = useState(1);
  const [area, setArea] = useState<Area | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const picture = useRef<HTMLImageElement | null>(null);
  const isPicture = kind === "picture";
  const save = async () => {
    if (!area || !picture.current) return;
    setProblem(null);
    setIsBusy(true);
    try {
      await sendPicture(kind, await cutSquare(picture.current, area));
      toast(isPicture ? "Your picture was saved" : "The logo was saved");
      close();
    } catch (error) {
      setProblem(problemOf(error));
      setIsBusy(false);
    }
  };
  return (
    <>
      <DialogHeader>
        <DialogTitle>{isPicture ? "Your picture" : "The logo"}</DialogTitle>
        <DialogDescription>
          Drag the picture, or move it with the arrow keys, until what matters is inside.
        </DialogDescription>
      </DialogHeader>
      {problem && <ProblemNotice problem={problem} />}
      <div className="relative h-72 overflow-hidden rounded-lg bg-muted">
        <Cropper
          image={source}
          crop={crop}
          zoom={zoom}
          maxZoom={MOST_ZOOM}
          aspect={1}
          cropShape={isPicture ? "round" : "rect"}
          showGrid={false}
          keyboardStep={8}
          onCropChange={setCrop}
          onZoomChange={setZoom}
          onCropComplete={(_, pixels) => setArea(pixels)}
          onCropAreaChange={(_, pixels) => setArea(pixels)}
          setImageRef={(ref) => {
            picture.current = ref.current;
          }}
          mediaProps={{ alt: "", onError: () => setProblem(UNREADABLE) }}
          cropperProps={{
            "aria-label": "The part that is shown; arrow keys move the picture",
            role: "group",
          }}
          disableAutomaticStylesInjection
        />
      </div>
      <div className="grid grid-cols-[auto_1fr] items-center gap-4">
        <span id="zoom-label" className="font-medium">
          Zoom
        </span>
        <Slider
          value={[zoom]}
          min={1}
          max={MOST_ZOOM}
          step={0.05}
          onValueChange={([next]) => next !== undefined && setZoom(next)}
          aria-labelledby="zoom-label"
        />
      </div>
      <DialogFooter>
        <Button variant="outline" onClick={close}>
          Cancel
        </Button>
        <Button disabled={isBusy || area === null} onClick={() => void save()}>
          {isBusy ? "Saving…" : "Save"}
        </Button>
      </DialogFooter>
    </>
  );
}
