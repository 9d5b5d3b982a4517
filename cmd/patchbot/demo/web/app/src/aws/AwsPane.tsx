import { useCallback, useState } from "react";
import { useDemo } from "../store";
import { Fleet } from "./fleet/Fleet";
import { Inbox } from "./inbox/Inbox";
import { Machines } from "./machines/Machines";
import { type Tab, TabPanel, Tabs } from "./ui/Tabs";
import "./tokens.css";
import "./aws.css";

type TabId = "fleet" | "machines" | "inbox";

/** AwsPane is the account's side of the demo: its instances, its state machines, its emails. */
export function AwsPane() {
  const [tab, setTab] = useState<TabId>("fleet");
  const [chosen, setChosen] = useState<string>(); // arn of the execution that somebody picked
  const [read, setRead] = useState<ReadonlySet<string>>(new Set());
  const emails = useDemo((state) => state.emails);

  const openExecution = useCallback((arn: string) => {
    setChosen(arn);
    setTab("machines");
  }, []);
  const markRead = useCallback((id: string) => setRead((before) => new Set(before).add(id)), []);

  let unread = 0;
  for (const id of emails.keys()) if (!read.has(id)) unread++;
  const tabs: Tab<TabId>[] = [
    { id: "fleet", label: "Fleet" },
    { id: "machines", label: "State machines" },
    { id: "inbox", label: "Inbox", count: unread, countMeans: "unread" },
  ];
  return (
    <section className="aws-pane" aria-label="AWS">
      <header className="aws-head">
        <h2>AWS</h2>
        <Tabs label="Parts of AWS" tabs={tabs} chosen={tab} onChoose={setTab} />
      </header>
      <TabPanel id={tab}>
        {tab === "fleet" && <Fleet onOpenExecution={openExecution} />}
        {tab === "machines" && <Machines chosen={chosen} onChoose={setChosen} />}
        {tab === "inbox" && <Inbox read={read} onRead={markRead} />}
      </TabPanel>
    </section>
  );
}
