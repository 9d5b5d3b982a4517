import "@xyflow/react/dist/style.css";
import {
  Background,
  Controls,
  type NodeMouseHandler,
  Panel,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStoreApi,
} from "@xyflow/react";
import { memo, type ReactNode, useEffect, useMemo, useRef } from "react";
import type { MachineDefinition } from "../../types";
import { layoutOf } from "./layout";
import { type Path, PathContext, type Running, RunningContext } from "./live";
import { moveByKey } from "./moveByKey";
import { StateNode, type StateNodeType } from "./StateNode";
import { WayEdge, type WayEdgeType } from "./WayEdge";
import "./graph.css";

interface Props {
  name: string;
  definition: MachineDefinition;
  running: Running;
  path: Path;
  center?: string; // the state to look at; the view stays where it is without
  selected?: string;
  onSelect: (state?: string) => void;
  onPan: () => void; // somebody looks elsewhere
  children: ReactNode; // lies on the graph
}

const cardHeight = 120;
const words = {
  "node.a11yDescription.default": "Enter says what the state is for. The arrow keys lead to the states around it.",
  "node.a11yDescription.keyboardDisabled": "Enter says what the state is for. The arrow keys lead to the states around it.",
  "controls.zoomIn.ariaLabel": "Zoom in",
  "controls.zoomOut.ariaLabel": "Zoom out",
  "controls.fitView.ariaLabel": "Show all states",
};
const nodeTypes = { state: StateNode };
const edgeTypes = { way: WayEdge };

export default memo(function MachineGraph(props: Props) {
  return (
    <ReactFlowProvider key={props.name}>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
});

function Canvas({ name, definition, running, path, center, selected, onSelect, onPan, children }: Props) {
  const layout = useMemo(() => layoutOf(definition), [definition]);
  const reachable = selected ?? center ?? layout.start; // by Tab; the arrow keys lead to the others
  const nodes = useMemo(
    () =>
      layout.places.map(
        (place): StateNodeType => ({
          id: place.name,
          type: "state",
          parentId: place.parent,
          position: { x: place.x, y: place.y },
          width: place.width,
          height: place.height,
          selected: place.name === selected,
          data: { state: place.state, stubs: place.stubs, group: layout.places.some((p) => p.parent === place.name) },
          ariaRole: "button",
          domAttributes: { tabIndex: place.name === reachable ? 0 : -1, "aria-roledescription": undefined },
        }),
      ),
    [layout, selected, reachable],
  );
  const edges = useMemo(
    () =>
      layout.ways.map(
        (way): WayEdgeType => ({
          id: `${way.from} → ${way.to}${way.toHub ? " (hub)" : ""}`,
          type: "way",
          source: way.from,
          target: way.to,
          data: { way },
          domAttributes: { "aria-hidden": true },
        }),
      ),
    [layout],
  );
  useCenter(center, layout.start, selected === undefined ? 0 : cardHeight / 2);
  const choose: NodeMouseHandler<StateNodeType> = (_, node) => onSelect(node.id);
  return (
    <PathContext value={path}>
      <RunningContext value={running}>
        <ReactFlow
          className="aws-graph"
          aria-label={`Graph of ${name}`}
          colorMode="system"
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          nodesDraggable={false}
          nodesConnectable={false}
          edgesFocusable={false}
          minZoom={0.12}
          maxZoom={1.6}
          deleteKeyCode={null}
          selectionKeyCode={null}
          multiSelectionKeyCode={null}
          ariaLabelConfig={words}
          onNodeClick={choose}
          onPaneClick={() => onSelect(undefined)}
          onKeyDown={(event) => moveByKey(event, layout, onSelect)}
          onMoveStart={(event) => event && onPan()}
        >
          <Background gap={22} size={1.4} />
          <Controls showInteractive={false} aria-label="Zoom" onFitView={onPan} />
          <Panel position="top-left">{children}</Panel>
          <svg width="0" height="0" aria-hidden="true">
            <defs>
              <Arrow id="aws-arrow" />
              <Arrow id="aws-arrow-taken" />
            </defs>
          </svg>
        </ReactFlow>
      </RunningContext>
    </PathContext>
  );
}

const Arrow = ({ id }: { id: string }) => (
  <marker id={id} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">
    <path d="M0.5,0.8 L7.2,4 L0.5,7.2 z" />
  </marker>
);

/** Moves the view to a state, and on to the next one; so far below the middle. */
function useCenter(wanted: string | undefined, first: string, below: number) {
  const flow = useReactFlow();
  const store = useStoreApi();
  const moved = useRef(false);
  useEffect(() => {
    const state = wanted ?? (moved.current ? undefined : first);
    if (state === undefined) return;
    const look = () => {
      const node = flow.getInternalNode(state);
      const { width } = store.getState();
      if (!node || !width) return false;
      const { x, y } = node.internals.positionAbsolute;
      const zoom = moved.current ? Math.max(flow.getZoom(), 0.7) : width < 480 ? 0.85 : 1;
      const still = !moved.current || matchMedia("(prefers-reduced-motion: reduce)").matches;
      moved.current = true;
      const middle = { x: x + (node.width ?? 0) / 2, y: y + (node.height ?? 0) / 2 - below / zoom };
      void flow.setCenter(middle.x, middle.y, { zoom, duration: still ? 0 : 550 });
      return true;
    };
    if (look()) return;
    return store.subscribe(() => {
      if (!moved.current) look();
    });
  }, [wanted, first, below, flow, store]);
}
