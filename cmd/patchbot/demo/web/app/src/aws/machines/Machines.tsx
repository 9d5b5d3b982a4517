import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { useDemo } from "../../store";
import { Segmented } from "../ui/Segmented";
import { Switch } from "../ui/Switch";
import { usePaced } from "../ui/usePaced";
import { ExecutionBar } from "./ExecutionBar";
import { ExecutionList, type Wanted } from "./ExecutionList";
import { executionsOf } from "./executionsOf";
import { marksOf, type Path, runningByState, takenOf } from "./live";
import { type Part, PartChoice } from "./PartChoice";
import { Split } from "./Split";
import { StateCard } from "./StateCard";
import { StepList } from "./StepList";
import { useHistory } from "./useHistory";
import { useSettled } from "./useSettled";
import "./machines.css";

const MachineGraph = lazy(() => import("./MachineGraph"));

/** Machines shows a state machine's graph, its executions, and what the chosen one went through. */
export function Machines(props: { chosen?: string; onChoose: (arn?: string) => void }) {
  const world = useDemo((state) => state.world);
  const executions = usePaced(useDemo((state) => state.executions));
  const instances = usePaced(useDemo((state) => state.instances));
  const picked = props.chosen === undefined ? undefined : executions.get(props.chosen);

  const machines = world?.machines ?? [];
  const [machineName, setMachineName] = useState("patch-approval");
  const machine = machines.find((m) => m.name === (picked?.machine ?? machineName)) ?? machines[0];
  const newestFirst = useMemo(() => executionsOf(machine?.name, executions), [executions, machine?.name]);
  // Many that start at once would make the view jump from one to the next.
  const newest = useSettled(newestFirst[0]?.arn, 500);
  const execution = picked ?? (newest === undefined ? undefined : executions.get(newest));
  const shown = execution?.machine === machine?.name ? execution : undefined;

  const read = useHistory(shown);
  const { steps } = read;
  const [follow, setFollow] = useState(true);
  const [errorPaths, setErrorPaths] = useState(false);
  const [state, setState] = useState<string>();
  const [part, setPart] = useState<Part>("steps");
  const [wanted, setWanted] = useState<Wanted>("all");
  const running = useMemo(() => runningByState(newestFirst), [newestFirst]);
  const path = useMemo<Path>(
    () => ({
      marks: marksOf(shown, steps),
      taken: machine ? takenOf(machine.definition, shown, steps) : new Set(),
      errorPaths,
    }),
    [machine, shown, steps, errorPaths],
  );
  const at = shown?.states[0] ?? steps.at(-1)?.state;
  useEffect(() => setState(undefined), [machine?.name]);
  const stopFollowing = useCallback(() => setFollow(false), []);
  const { onChoose } = props;
  const choose = useCallback(
    (arn: string) => {
      onChoose(arn);
      setFollow(true);
      setPart("steps");
    },
    [onChoose],
  );

  if (!machine)
    return (
      <div className="aws-empty">
        <strong>No state machines yet</strong>
        <p>They appear as soon as the demo has started.</p>
      </div>
    );
  return (
    <div className="aws-machines">
      <div className="aws-machine-tools">
        <Segmented
          label="State machine"
          segments={machines.map(({ name }) => ({ value: name, label: name }))}
          value={machine.name}
          onChange={(name) => {
            props.onChoose(undefined);
            setMachineName(name);
          }}
        />
        <Switch label="Show error paths" on={errorPaths} onChange={setErrorPaths} />
      </div>
      <Split
        top={
          <Suspense fallback={<div className="aws-graph-wait" />}>
            <MachineGraph
              name={machine.name}
              definition={machine.definition}
              running={running}
              path={path}
              center={state ?? (follow ? at : undefined)}
              selected={state}
              onSelect={setState}
              onPan={stopFollowing}
            >
              {state && <StateCard name={state} definition={machine.definition} onClose={() => setState(undefined)} />}
            </MachineGraph>
          </Suspense>
        }
        bottom={
          <>
            <ExecutionBar
              execution={shown}
              instance={shown?.instance === undefined ? undefined : instances.get(shown.instance)}
              newest={!picked}
              follow={follow}
              onFollow={(on) => {
                setFollow(on);
                if (on) setState(undefined);
              }}
              onNewest={() => props.onChoose(undefined)}
            />
            <PartChoice
              part={part}
              onPart={setPart}
              steps={steps.length}
              executions={newestFirst.length}
              wanted={wanted}
              onWanted={setWanted}
            />
            {part === "steps" ? (
              <StepList key={shown?.arn} read={read} execution={shown} follow={follow && !state} onShow={setState} />
            ) : (
              <ExecutionList executions={newestFirst} wanted={wanted} instances={instances} chosen={shown?.arn} onChoose={choose} />
            )}
          </>
        }
      />
    </div>
  );
}
