import { Icon } from "../ui/Icon";
import type { Route } from "./router";

const tabs = [
  { route: "slack", href: "#/", name: "Slack", icon: "chat" },
  { route: "aws", href: "#/aws", name: "AWS", icon: "cloud" },
  { route: "views", href: "#/views", name: "Views", icon: "grid" },
] as const;

/** TabBar goes between the parts of the page where it is too narrow to show them together. */
export function TabBar({ route }: { route: Route }) {
  return (
    <nav className="tabs" aria-label="Parts of the demo">
      {tabs.map((tab) => (
        <a key={tab.route} href={tab.href} aria-current={tab.route === route ? "page" : undefined}>
          <Icon name={tab.icon} size={20} />
          {tab.name}
        </a>
      ))}
    </nav>
  );
}
