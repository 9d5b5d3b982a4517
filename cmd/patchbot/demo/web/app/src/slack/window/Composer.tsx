import { useId, useState } from "react";
import { noAnswer, slack } from "../../api";
import { useDemo } from "../../store";
import type { Suggestion } from "../../types";
import { Icon } from "../../ui/Icon";

interface Props {
  channel: string;
  thread?: string;
  person: string;
  label: string;
}

const shownSuggestions = 7;

/** Lists the commands that what was typed may become. */
function useSuggestions(typed: string): Suggestion[] {
  const instances = useDemo((s) => s.instances);
  const app = useDemo((s) => s.world?.app);
  if (!typed.startsWith("/") || !app) return [];
  const { command, commands } = app;
  const all = [...commands, ...[...instances.values()].map((i) => ({ text: `${command} status ${i.id}`, note: i.name }))];
  const words = typed.toLowerCase().trim();
  const last = words.split(/\s+/).at(-1)!;
  return all
    .filter((s) => s.text !== typed.trim())
    .filter((s) => s.text.startsWith(words) || (words.startsWith(`${command} `) && s.note.toLowerCase().includes(last)))
    .slice(0, shownSuggestions);
}

/** Composer is the field to write into; "/" offers the commands. */
export function Composer({ channel, thread, person, label }: Props) {
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const [chosen, setChosen] = useState(-1);
  const [closed, setClosed] = useState(false);
  const id = useId();
  const found = useSuggestions(thread ? "" : typed);
  const suggestions = closed ? [] : found;
  const placeholder = useDemo((s) => s.world?.app.command);

  const change = (text: string) => {
    setTyped(text);
    setChosen(-1);
    setClosed(false);
    setError(undefined);
  };

  const send = async () => {
    const text = typed.trim();
    if (!text || busy) return;
    setBusy(true);
    change("");
    let failed: string | undefined;
    try {
      failed = (await slack.type(person, channel, text, thread)).error;
    } catch {
      failed = noAnswer;
    }
    setBusy(false);
    setError(failed);
    if (!failed) return;
    setTyped((since) => since || text);
    setClosed(true);
  };

  const key = (event: React.KeyboardEvent) => {
    const last = suggestions.length - 1;
    if (event.key === "ArrowDown" && last >= 0) setChosen(chosen >= last ? 0 : chosen + 1);
    else if (event.key === "ArrowUp" && last >= 0) setChosen(chosen <= 0 ? last : chosen - 1);
    else if (event.key === "Escape" && last >= 0) setClosed(true);
    else if ((event.key === "Enter" || event.key === "Tab") && suggestions[chosen]) change(suggestions[chosen].text);
    else if (event.key === "Enter" && !event.nativeEvent.isComposing) void send();
    else return;
    event.preventDefault();
  };

  return (
    <form
      className="slack-composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {suggestions.length > 0 && (
        <ul className="slack-suggestions" id={`${id}list`} role="listbox" aria-label="Commands">
          {suggestions.map((s, i) => (
            <li
              key={s.text}
              id={`${id}option${i}`}
              role="option"
              aria-selected={i === chosen}
              onPointerDown={(event) => {
                event.preventDefault();
                change(s.text);
              }}
            >
              <code>{s.text}</code>
              <span>{s.note}</span>
            </li>
          ))}
        </ul>
      )}
      <div className="slack-composer-box">
        <input
          role="combobox"
          aria-label={label}
          aria-autocomplete="list"
          aria-expanded={suggestions.length > 0}
          aria-controls={suggestions.length > 0 ? `${id}list` : undefined}
          aria-activedescendant={suggestions[chosen] ? `${id}option${chosen}` : undefined}
          aria-describedby={error ? `${id}error` : undefined}
          aria-busy={busy || undefined}
          autoComplete="off"
          placeholder={thread ? "Reply…" : `${label}, or ${placeholder} status`}
          value={typed}
          onChange={(event) => change(event.target.value)}
          onKeyDown={key}
        />
        <button type="submit" className="slack-send" aria-label="Send" disabled={!typed.trim() || busy}>
          <Icon name="send" size={16} />
        </button>
      </div>
      {error && (
        <p className="slack-error" role="alert" id={`${id}error`}>
          {error}
        </p>
      )}
    </form>
  );
}
