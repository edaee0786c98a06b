import { UploadIcon } from "lucide-react";
import { useRef } from "react";
import { sendFile, type UploadPlace } from "@/api/uploads";
import { Button } from "@/components/ui/button";

interface ChooseFileProps {
  place: UploadPlace;
  children: string;
  /** As an input's `accept`: a help to choose, the server looks for itself. */
  accept?: string;
  isMultiple?: boolean;
}

/** A button that opens the file chooser and sends what is chosen. */
export function ChooseFile({ place, children, accept, isMultiple = false }: ChooseFileProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        className="hidden"
        aria-label={children}
        accept={accept}
        multiple={isMultiple}
        onChange={(event) => {
          for (const file of event.target.files ?? []) void sendFile(file, place);
          event.target.value = "";
        }}
      />
      <Button variant="outline" size="sm" onClick={() => input.current?.click()}>
        <UploadIcon />
        {children}
      </Button>
    </>
  );
}
