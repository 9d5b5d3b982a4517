export function AwsPane() { return null; }
