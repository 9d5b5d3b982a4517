import { useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { type Element, noAnswer, slack } from "../../api";
import { useDemo } from "../../store";
import type { View } from "../../types";
import { Dialog } from "../../ui/Dialog";
import { Icon } from "../../ui/Icon";
import { Blocks } from "../blocks/Blocks";
import { type Surface, SurfaceProvider } from "../elements/Acting";
import { heldBy, holders, placeOf, problem, type Values } from "../elements/element";

/** Modal shows the topmost modal of the person, if there is one, even where the Slack window is hidden. */
export function Modal({ person }: { person: string }) {
  const views = useDemo((s) => s.views);
  const view = useMemo(() => {
    const modals = [...views.values()].filter((v) => v.type === "modal" && v.user === person);
    return modals.findLast((v) => !modals.some((other) => other.previous === v.id));
  }, [views, person]);
  return view && createPortal(<OpenModal key={view.id} view={view} person={person} />, document.body);
}

function OpenModal({ view, person }: { view: View; person: string }) {
  const [values, setValues] = useState<Values>({});
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const id = useId();
  const body = useRef<HTMLDivElement>(null);

  // What the bot shows in its place takes away what had the focus.
  useLayoutEffect(() => {
    if (!body.current?.closest("dialog")?.contains(document.activeElement)) body.current?.focus();
  }, [view]);

  const surface = useMemo<Surface>(
    () => ({
      act: (element: Element) => slack.actInView(person, view.id, element, entered(view, values)),
      values,
      enter: (place, entered) => setValues((known) => ({ ...known, [place]: entered })),
      problems,
    }),
    [person, view, values, problems],
  );

  const close = () => void slack.close(person, view.id).then((answer) => setError(answer.error), unreachable);
  const unreachable = () => setError(noAnswer);

  const submit = async () => {
    if (busy) return;
    const found = problemsOf(view, values);
    setProblems(found);
    if (Object.keys(found).length) return;
    setBusy(true);
    try {
      const answer = await slack.submit(person, view.id, entered(view, values));
      setError(answer.error);
      setProblems(answer.fieldErrors ?? {});
    } catch {
      unreachable();
    }
    setBusy(false);
  };

  return (
    <Dialog className="slack-modal" labelledBy={`${id}title`} onCancel={close}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <header className="slack-modal-head">
          <h2 id={`${id}title`}>{view.title}</h2>
          <button type="button" className="icon-button" aria-label="Close dialog" onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        <div
          ref={body}
          className="slack-modal-body"
          tabIndex={0}
          role="group"
          aria-labelledby={`${id}title`}
          aria-describedby={view.submit ? undefined : `${id}says`}
        >
          <div id={`${id}says`}>
            <SurfaceProvider value={surface}>
              <Blocks blocks={view.blocks} />
            </SurfaceProvider>
          </div>
        </div>
        <footer className="slack-modal-foot">
          {error && (
            <p className="slack-error" role="alert">
              {error}
            </p>
          )}
          <button type="button" className="slack-button" onClick={close}>
            {view.close || "Close"}
          </button>
          {view.submit && (
            <button type="submit" className="slack-button slack-button-primary" aria-busy={busy || undefined}>
              {view.submit}
            </button>
          )}
        </footer>
      </form>
    </Dialog>
  );
}

/** Gives what was entered into the elements that the view still has, by action_id. */
function entered(view: View, values: Values): Record<string, string[]> {
  const inputs: Record<string, string[]> = {};
  for (const { block, element } of holders(view.blocks)) {
    const id = block.block_id ?? "";
    const held = heldBy(element, id, values);
    const several = /^(multi_|checkboxes)/.test(element.type);
    if (values[placeOf(id, element)] && (several || held.length)) inputs[element.action_id ?? ""] = held;
  }
  return inputs;
}

function problemsOf(view: View, values: Values): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { block, element } of holders(view.blocks)) {
    if (block.type !== "input") continue;
    const wrong = problem(block, heldBy(element, block.block_id ?? "", values));
    if (wrong) found[block.block_id ?? ""] = wrong;
  }
  return found;
}
