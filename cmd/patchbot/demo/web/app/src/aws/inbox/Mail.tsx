import { useEffect, useRef } from "react";
import { moment } from "../../clock/format";
import type { Email } from "../../types";
import { Icon } from "../ui/Icon";
import { linked } from "./linked";

export function Mail({ email, now, onBack }: { email: Email; now: number; onBack: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), [email.id]);
  return (
    <article className="aws-mail" aria-labelledby="aws-mail-heading">
      <button type="button" className="aws-button aws-mail-back" onClick={onBack}>
        <Icon name="back" size={14} />
        All emails
      </button>
      <h3 id="aws-mail-heading" ref={heading} tabIndex={-1}>
        {email.subject}
      </h3>
      <p className="aws-mail-to">
        to {email.owner}’s subscribers · <time dateTime={email.at}>{moment(email.at, now)}</time>
      </p>
      <div className="aws-mail-body" tabIndex={0} role="group" aria-label="Text of the email">
        {linked(email.body).map((part, i) =>
          part.href ? (
            <a key={i} href={part.href} target="_blank" rel="noreferrer">
              {part.text}
            </a>
          ) : (
            part.text
          ),
        )}
      </div>
    </article>
  );
}
