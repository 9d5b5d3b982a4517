import { Icon, type IconName } from "./Icon";

export interface ToneOf {
  tone: "plain" | "good" | "warn" | "bad" | "busy" | "wait";
  icon: IconName;
  text: string;
}

/** Tone is a state in a word, an icon and a colour. */
export function Tone({ tone, icon, text }: ToneOf) {
  return (
    <span className="aws-tone" data-tone={tone}>
      <Icon name={icon} size={12} />
      {text}
    </span>
  );
}
