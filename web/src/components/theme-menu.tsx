import { MonitorIcon, MoonIcon, SunIcon } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { Button } from "@/components/ui/button";
import {
  DropdownMenuContent,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuTrigger,
  DropdownMenu as Menu,
} from "@/components/ui/dropdown-menu";
import { type ThemeChoice, useChooseTheme, useTheme } from "@/hooks/use-theme";

const choices = [
  { value: "light", label: "Light", icon: SunIcon },
  { value: "dark", label: "Dark", icon: MoonIcon },
  { value: "system", label: "As the system", icon: MonitorIcon },
] as const;

/** The choice as one row inside a menu. */
export function ThemeItems() {
  const theme = useTheme();
  const choose = useChooseTheme();
  return (
    <DropdownMenu.RadioGroup
      value={theme}
      onValueChange={(value) => choose(value as ThemeChoice)}
      aria-label="Colours"
      className="m-1 flex rounded-lg bg-muted p-1"
    >
      {choices.map(({ value, label, icon: Icon }) => (
        <DropdownMenu.RadioItem
          key={value}
          value={value}
          aria-label={label}
          title={label}
          // The menu stays, so that one sees what the choice does.
          onSelect={(event) => event.preventDefault()}
          className="flex h-7 flex-1 cursor-pointer items-center justify-center rounded-md text-muted-foreground outline-none hover:text-foreground data-highlighted:text-foreground data-[state=checked]:bg-card data-[state=checked]:text-foreground data-[state=checked]:shadow-xs data-highlighted:ring-2 data-highlighted:ring-ring/50 dark:data-[state=checked]:bg-accent"
        >
          <Icon className="size-4" />
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

/** One small button, for pages without the shell. */
export function ThemeMenu() {
  const theme = useTheme();
  const choose = useChooseTheme();
  return (
    <Menu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon" aria-label="Colours">
          <SunIcon className="dark:hidden" />
          <MoonIcon className="hidden dark:block" />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuRadioGroup value={theme} onValueChange={(value) => choose(value as ThemeChoice)}>
          {choices.map(({ value, label }) => (
            <DropdownMenuRadioItem key={value} value={value}>
              {label}
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuRadioGroup>
      </DropdownMenuContent>
    </Menu>
  );
}
