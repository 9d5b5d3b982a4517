import { useDemo } from "../store";
import { authorName } from "../slack/text/names";
import "./avatar.css";

/** Avatar is the picture of a person (initials), or of the app. */
export function Avatar({ user, size = 36 }: { user: string; size?: number }) {
  const world = useDemo((s) => s.world);
  const style = { width: size, height: size, fontSize: size * 0.4 };
  if (user === world?.app.user) {
    return <img className="avatar" style={style} src="./icon.svg" alt="" />;
  }
  const place = world?.people.findIndex((p) => p.id === user) ?? -1;
  const initials = authorName(world, user).split(/\s+/).map((word) => word.charAt(0)).slice(0, 2).join("");
  return (
    <span className={`avatar avatar-${(place + 6) % 6}`} style={style} aria-hidden="true">
      {initials.toUpperCase()}
    </span>
  );
}
