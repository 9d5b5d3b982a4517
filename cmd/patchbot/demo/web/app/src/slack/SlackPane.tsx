export function SlackPane() { return null; }
