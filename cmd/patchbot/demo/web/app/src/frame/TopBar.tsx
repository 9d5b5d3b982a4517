import { ClockBar } from "../clock/ClockBar";
import { Bell } from "../slack/notices/Bell";
import { Icon } from "../ui/Icon";
import { PersonPicker } from "./PersonPicker";
import type { Route } from "./router";

/** TopBar names the product, and holds who one is, what time it is, and the way to the views. */
export function TopBar({ route }: { route: Route }) {
  return (
    <header className="frame-top">
      <h1>
        <a className="frame-top-mark" href="#/">
          <img src="./icon.svg" width="26" height="26" alt="" />
          <span>patchbot</span> <span className="frame-top-demo">demo</span>
        </a>
      </h1>
      <PersonPicker />
      <Bell />
      <div className="frame-top-clock">
        <ClockBar />
      </div>
      <a className="frame-top-link" href={route === "views" ? "#/" : "#/views"}>
        <Icon name={route === "views" ? "chat" : "grid"} size={16} />
        {route === "views" ? "Back to the demo" : "Views"}
      </a>
    </header>
  );
}
