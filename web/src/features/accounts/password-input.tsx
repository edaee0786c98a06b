import { EyeIcon, EyeOffIcon } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { Input } from "@/components/ui/input";

/** A password that can be looked at while it is typed. */
export function PasswordInput(props: Omit<ComponentProps<typeof Input>, "type">) {
  const [isShown, setIsShown] = useState(false);
  return (
    <div className="relative">
      <Input {...props} type={isShown ? "text" : "password"} className="h-11 pr-11 md:text-base" />
      <button
        type="button"
        onClick={() => setIsShown(!isShown)}
        aria-label={isShown ? "Hide the password" : "Show the password"}
        className="absolute inset-y-0 right-0 grid w-11 place-items-center rounded-lg text-muted-foreground transition-colors hover:text-foreground"
      >
        {isShown ? <EyeOffIcon className="size-4" /> : <EyeIcon className="size-4" />}
      </button>
    </div>
  );
}
