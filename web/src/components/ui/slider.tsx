import { Slider as SliderPrimitive } from "radix-ui";
import type * as React from "react";
import { cn } from "@/lib/cn";

/** The name goes to the thumb: it is what has the focus and the role. */
function Slider({
  className,
  "aria-label": name,
  ...props
}: React.ComponentProps<typeof SliderPrimitive.Root>) {
  return (
    <SliderPrimitive.Root
      data-slot="slider"
      className={cn(
        "relative flex w-full touch-none select-none items-center data-disabled:opacity-50",
        className,
      )}
      {...props}
    >
      <SliderPrimitive.Track
        data-slot="slider-track"
        className="relative h-1.5 w-full grow overflow-hidden rounded-full bg-accent"
      >
        <SliderPrimitive.Range data-slot="slider-range" className="absolute h-full bg-live" />
      </SliderPrimitive.Track>
      <SliderPrimitive.Thumb
        data-slot="slider-thumb"
        aria-label={name}
        className="block size-4 shrink-0 rounded-full border border-live bg-white shadow-sm transition-shadow hover:ring-4 hover:ring-ring/30"
      />
    </SliderPrimitive.Root>
  );
}

export { Slider };
