export function ClockBar() { return null; }
