import { memo, type ReactNode, useId } from "react";
import type { Block } from "../../types";
import { Field, isField, labelOf } from "../elements/Field";
import { plainOf, type BlockElement } from "../elements/element";
import { Mrkdwn } from "../text/Mrkdwn";
import { InputBlock } from "./InputBlock";
import { Library } from "./Library";
import "./blocks.css";

/** Blocks draws what a message or a view is made of. */
export const Blocks = memo(function Blocks({ blocks }: { blocks: Block[] }) {
  return (
    <div className="slack-blocks">
      {blocks.map((block, i) => (
        <OneBlock key={block.block_id ?? i} block={block} />
      ))}
    </div>
  );
});

const drawn: Record<string, (props: { block: Block }) => ReactNode> = {
  header: ({ block }) => <h3 className="slack-block-header">{plainOf(block.text)}</h3>,
  divider: () => <hr className="slack-block-divider" />,
  section: Section,
  context: Context,
  actions: Actions,
  input: InputBlock,
  image: ({ block }) => <Picture element={block} />,
};

function OneBlock({ block }: { block: Block }) {
  const Of = drawn[block.type];
  return Of ? <Of block={block} /> : <Library block={block} />;
}

/** Text draws a text object. */
export function Text({ text }: { text: { type: string; text: string; verbatim?: boolean } }) {
  return text.type === "mrkdwn" ? <Mrkdwn text={text.text} verbatim={text.verbatim} /> : text.text;
}

function Section({ block }: { block: Block }) {
  const id = useId();
  return (
    <div className="slack-block-section">
      <div className="slack-block-text" id={id}>
        {block.text && <Text text={block.text} />}
        {block.fields && (
          <div className="slack-block-fields">
            {block.fields.map((field: any, i: number) => (
              <div key={i}>
                <Text text={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {block.accessory && <Interactive element={block.accessory} block={block} labelledBy={id} />}
    </div>
  );
}

function Context({ block }: { block: Block }) {
  return (
    <div className="slack-block-context">
      {block.elements.map((element: any, i: number) =>
        element.type === "image" ? <Picture key={i} element={element} /> : <div key={i}><Text text={element} /></div>,
      )}
    </div>
  );
}

function Actions({ block }: { block: Block }) {
  return (
    <div className="slack-block-actions">
      {block.elements.map((element: BlockElement, i: number) => (
        <Interactive key={element.action_id ?? i} element={element} block={block} />
      ))}
    </div>
  );
}

function Interactive({ element, block, labelledBy }: { element: BlockElement; block: Block; labelledBy?: string }) {
  if (element.type === "image") return <Picture element={element} />;
  if (!isField(element.type)) return <Library block={{ type: "actions", elements: [element] }} inert />;
  const name = labelledBy ? { "aria-labelledby": labelledBy } : { "aria-label": labelOf(element) };
  return <Field element={element} block={block.block_id ?? ""} field={{ acts: true, control: name, group: name }} />;
}

/** Picture stands for an image: nothing is fetched from elsewhere. */
function Picture({ element }: { element: { alt_text?: string } & Record<string, any> }) {
  return (
    <span className="slack-block-image" role="img" aria-label={element.alt_text}>
      {element.alt_text}
    </span>
  );
}
