import { fleet } from "../../api";
import type { Instance } from "../../types";
import { Icon } from "../ui/Icon";
import { Menu } from "../ui/Menu";
import { useAct } from "../ui/useAct";

export function RowMenu({ instance }: { instance: Instance }) {
  const act = useAct();
  const { id, online, failNext } = instance;
  return (
    <Menu
      label={`Actions for ${instance.name}`}
      button={<Icon name="dots" />}
      items={() => [
        {
          label: "Make non-compliant",
          icon: <Icon name="alert" size={14} />,
          onChoose: () => void act(fleet.makeNonCompliant([id])),
        },
        {
          label: online ? "Take offline" : "Bring online",
          icon: <Icon name="power" size={14} />,
          onChoose: () => void act(fleet.setOnline([id], !online)),
        },
        {
          label: "Let the next patch fail",
          icon: <Icon name="flag" size={14} />,
          checked: failNext,
          onChoose: () => void act(fleet.failNextInstall([id], !failNext)),
        },
      ]}
    />
  );
}
