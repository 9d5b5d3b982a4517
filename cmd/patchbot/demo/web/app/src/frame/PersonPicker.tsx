import { useNotices } from "../slack/notices/notices";
import { actAs, useDemo } from "../store";
import { Avatar } from "../ui/Avatar";
import { Badge } from "../ui/Badge";
import { Icon } from "../ui/Icon";
import { Popover } from "../ui/Popover";

/** PersonPicker chooses through whose eyes one looks. */
export function PersonPicker() {
  const people = useDemo((s) => s.world?.people) ?? [];
  const acting = useDemo((s) => s.acting);
  const notices = useNotices();
  const me = people.find((p) => p.id === acting);
  if (!me) return <div className="person" />;
  const unseen = (person: string) => notices.filter((n) => n.person === person && !n.seen).length;

  return (
    <div className="person">
      <span className="person-label" aria-hidden="true">
        You are
      </span>
      <Popover
        role="menu"
        title="Act as"
        buttonClass="person-button"
        button={
          <>
            <Avatar user={me.id} size={26} />
            <span className="person-name">
              <span className="hidden-visually">You are </span>
              {me.realName}
            </span>
            <span className="person-role">{me.role}</span>
            <Icon name="chevron" size={15} />
          </>
        }
      >
        {(close) =>
          people.map((person) => {
            const news = unseen(person.id);
            return (
              <button
                key={person.id}
                type="button"
                role="menuitemradio"
                aria-checked={person.id === acting}
                className="popover-item"
                onClick={() => {
                  actAs(person.id);
                  close();
                }}
              >
                <Avatar user={person.id} size={32} />
                <span className="person-both">
                  <span className="person-name">{person.realName}</span>
                  <span className="person-role">{person.role}</span>
                </span>
                {news > 0 && <Badge count={news} what="new" />}
                {person.id === acting && <Icon name="check" size={16} />}
              </button>
            );
          })
        }
      </Popover>
    </div>
  );
}
