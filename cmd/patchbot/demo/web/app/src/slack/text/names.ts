import type { World } from "../../types";

/** Names a person as a mention does; what the world does not know keeps its id. */
export function mentionName(world: World | undefined, id: string): string {
  if (id === world?.app.user) return world.app.name;
  return world?.people.find((p) => p.id === id)?.name ?? id;
}

export const channelName = (world: World | undefined, id: string) =>
  world?.channels.find((c) => c.id === id)?.name ?? id;

export const groupHandle = (world: World | undefined, id: string) =>
  world?.groups.find((g) => g.id === id)?.handle ?? id;

/** Names the author of a message. */
export function authorName(world: World | undefined, id: string): string {
  if (id === world?.app.user) return world.app.name;
  return world?.people.find((p) => p.id === id)?.realName ?? id;
}
