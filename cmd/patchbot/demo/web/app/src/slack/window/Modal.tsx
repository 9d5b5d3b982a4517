import { useId, useMemo, useState } from "react";
import { createPortal } from "react-dom";
import { type Element, noAnswer, slack } from "../../api";
import { useDemo } from "../../store";
import type { View } from "../../types";
import { Dialog } from "../../ui/Dialog";
import { Icon } from "../../ui/Icon";
import { Blocks } from "../blocks/Blocks";
import { type Surface, SurfaceProvider } from "../elements/Acting";
import { holders, initialOf, problem } from "../elements/element";

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
  const [values, setValues] = useState<Record<string, string[]>>({});
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const id = useId();

  const surface = useMemo<Surface>(
    () => ({
      act: (element: Element) => slack.actInView(person, view.id, element),
      values,
      enter: (action, entered) => setValues((known) => ({ ...known, [action]: entered })),
      problems,
    }),
    [person, view.id, values, problems],
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
        <div className="slack-modal-body" tabIndex={0} role="group" aria-labelledby={`${id}title`}>
          <SurfaceProvider value={surface}>
            <Blocks blocks={view.blocks} />
          </SurfaceProvider>
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

/** Gives what was entered into the elements that the view still has. */
function entered(view: View, values: Record<string, string[]>): Record<string, string[]> {
  const known = new Map(holders(view.blocks).map(({ element }) => [element.action_id, element.type]));
  const several = (action: string) => /^(multi_|checkboxes)/.test(known.get(action) ?? "");
  return Object.fromEntries(
    Object.entries(values).filter(([action, held]) => known.has(action) && (held.length > 0 || several(action))),
  );
}

function problemsOf(view: View, values: Record<string, string[]>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { block, element } of holders(view.blocks)) {
    if (block.type !== "input") continue;
    const wrong = problem(block, values[element.action_id ?? ""] ?? initialOf(element));
    if (wrong) found[block.block_id ?? ""] = wrong;
  }
  return found;
}
