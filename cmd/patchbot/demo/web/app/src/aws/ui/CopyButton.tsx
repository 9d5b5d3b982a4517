import { useEffect, useState } from "react";
import { Icon } from "./Icon";

/** CopyButton shows a text, usually an id, and copies it. */
export function CopyButton({ text, children, label }: { text: string; children?: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1400);
    return () => clearTimeout(timer);
  }, [copied]);
  const name = copied ? `Copied ${children ?? ""}` : (label ?? `Copy ${text}`);
  return (
    <button
      type="button"
      className="aws-copy"
      aria-label={name}
      title={name}
      onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true), () => setCopied(false))}
    >
      {children && <span>{children}</span>}
      <Icon name={copied ? "check" : "copy"} size={12} />
    </button>
  );
}
