/** How the stage is laid out, full screen, and the call in a small window above other programs. */
import {
  Columns2Icon,
  ExpandIcon,
  LayoutGridIcon,
  PictureInPicture2Icon,
  SparklesIcon,
  UserRoundIcon,
} from "lucide-react";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { LAYOUTS, type Layout } from "./composition";
import { ControlButton } from "./control-bar";
import { toggleFullScreen } from "./full-screen";
import type { SmallWindow } from "./use-small-window";
import type { StageView } from "./use-stage-view";

const LAYOUT_WORDS: Record<Layout, { label: string; icon: typeof LayoutGridIcon }> = {
  auto: { label: "Automatic", icon: SparklesIcon },
  grid: { label: "Grid", icon: LayoutGridIcon },
  speaker: { label: "Speaker", icon: UserRoundIcon },
  side: { label: "Side by side", icon: Columns2Icon },
};

interface LayoutMenuProps {
  view: StageView;
  smallWindow: SmallWindow;
}

export function LayoutMenu({ view, smallWindow }: LayoutMenuProps) {
  const { icon: Icon } = LAYOUT_WORDS[view.layout];
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <ControlButton label="Layout" aria-label="Layout" data-testid="layout" className="max-md:hidden">
          <span className="grid h-9 w-11 place-items-center rounded-xl bg-secondary text-secondary-foreground transition-colors group-hover:bg-accent sm:w-12">
            <Icon className="size-5" aria-hidden />
          </span>
        </ControlButton>
      </DropdownMenuTrigger>
      <DropdownMenuContent side="top" align="center" className="w-60">
        <LayoutItems view={view} />
        <DropdownMenuSeparator />
        <DropdownMenuItem onSelect={() => void toggleFullScreen()}>
          <ExpandIcon /> Full screen
        </DropdownMenuItem>
        <DropdownMenuItem
          data-testid="small-window"
          disabled={!smallWindow.isPossible}
          onSelect={smallWindow.toggle}
        >
          <PictureInPicture2Icon />
          {smallWindow.isPossible ? smallWindow.word : "This browser has no small window"}
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

/** Also in the menu of phones. */
export function LayoutItems({ view }: { view: StageView }) {
  return (
    <>
      <DropdownMenuLabel>Layout</DropdownMenuLabel>
      <DropdownMenuRadioGroup
        value={view.layout}
        onValueChange={(next) => view.setLayout(LAYOUTS.find((each) => each === next) ?? "auto")}
      >
        {LAYOUTS.map((each) => (
          <DropdownMenuRadioItem key={each} value={each} data-testid={`layout-${each}`}>
            {LAYOUT_WORDS[each].label}
          </DropdownMenuRadioItem>
        ))}
      </DropdownMenuRadioGroup>
    </>
  );
}
