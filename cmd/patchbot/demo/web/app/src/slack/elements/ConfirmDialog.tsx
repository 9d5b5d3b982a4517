import { useId } from "react";
import { Dialog } from "../../ui/Dialog";
import { Mrkdwn } from "../text/Mrkdwn";
import type { Confirm } from "./Acting";

/** ConfirmDialog asks whether the person is sure. */
export function ConfirmDialog({ confirm, answer }: { confirm: Confirm; answer: (yes: boolean) => void }) {
  const id = useId();
  const { danger } = confirm;
  return (
    <Dialog className="slack-confirm" labelledBy={`${id}title`} describedBy={`${id}text`} onCancel={() => answer(false)}>
      <h2 id={`${id}title`}>{confirm.title}</h2>
      <p id={`${id}text`}>{confirm.mrkdwn ? <Mrkdwn text={confirm.text} /> : confirm.text}</p>
      <div className="slack-dialog-buttons">
        <button type="button" className="slack-button" data-first={danger || undefined} onClick={() => answer(false)}>
          {confirm.deny}
        </button>
        <button
          type="button"
          className={danger ? "slack-button slack-button-danger-full" : "slack-button slack-button-primary"}
          data-first={!danger || undefined}
          onClick={() => answer(true)}
        >
          {confirm.confirm}
        </button>
      </div>
    </Dialog>
  );
}
