import { useEffect, useState } from "react";
import { AwsPane } from "./aws/AwsPane";
import { Failed } from "./aws/ui/useAct";
import { Banners } from "./frame/Banners";
import { Failure } from "./frame/Failure";
import { Hint } from "./frame/Hint";
import { TabBar } from "./frame/TabBar";
import { TopBar } from "./frame/TopBar";
import { useRoute } from "./frame/router";
import { SlackPane } from "./slack/SlackPane";
import { Toasts } from "./slack/notices/Toasts";
import { watchNotices } from "./slack/notices/notices";
import { ViewsPage } from "./views/ViewsPage";
import "./frame/frame.css";

/** App is the frame: above who and when, below Slack beside AWS, or the views. Both halves keep what was done in them. */
export function App() {
  const route = useRoute();
  const [failure, setFailure] = useState<string>();
  useEffect(watchNotices, []);
  return (
    <Failed value={setFailure}>
      <div className="app">
        <TopBar route={route} />
        <Banners />
        {failure && <Failure why={failure} onDismiss={() => setFailure(undefined)} />}
        {route === "views" && <ViewsPage />}
        <div className="demo" hidden={route === "views"}>
          <Hint />
          <main className={`halves halves-${route}`}>
            <div className="half half-slack">
              <SlackPane />
            </div>
            <div className="half half-aws">
              <AwsPane />
            </div>
          </main>
        </div>
        <TabBar route={route} />
        <Toasts />
      </div>
    </Failed>
  );
}
