import { AwsPane } from "./aws/AwsPane";
import { ClockBar } from "./clock/ClockBar";
import { SlackPane } from "./slack/SlackPane";

export function App() {
  return (
    <>
      <ClockBar />
      <SlackPane />
      <AwsPane />
    </>
  );
}
