import type { MachineDefinition, StateDefinition } from "../../types";

/** The machines inside a Map or Parallel state. */
export function innerOf(state: StateDefinition): MachineDefinition[] {
  const processor = (state.ItemProcessor ?? state.Iterator) as MachineDefinition | undefined;
  return processor ? [processor] : ((state.Branches ?? []) as MachineDefinition[]);
}

export function findState(definition: MachineDefinition, name: string): StateDefinition | undefined {
  const own = definition.States[name];
  if (own) return own;
  for (const state of Object.values(definition.States))
    for (const inner of innerOf(state)) {
      const found = findState(inner, name);
      if (found) return found;
    }
  return undefined;
}
