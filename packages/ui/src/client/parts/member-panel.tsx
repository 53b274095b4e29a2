import { useState } from "preact/hooks";
import type { MemberAnswer } from "../../shared/answers.ts";
import { plainItem, shownAttribute } from "../state/attributes.ts";
import { ownerText } from "../state/format.ts";
import type { PageState, ShownMember } from "../state/page-state.ts";
import { useStore } from "../state/store.ts";

/** One member: its item, whether it is listed, and its repair where the two differ. */
export function MemberPanel({ state }: { state: PageState }) {
  const shown = useStore(state.member);
  return (
    <section class="panel member" aria-labelledby="member-title">
      {shown === null ? (
        <>
          <h2 id="member-title">Member</h2>
          <p class="quiet">Choose a name to see its item, and whether item and registry agree.</p>
        </>
      ) : (
        <Member shown={shown} state={state} />
      )}
    </section>
  );
}

function Member({ shown, state }: { shown: ShownMember; state: PageState }) {
  const { member, repair } = shown;
  return (
    <>
      <h2 id="member-title" class="mono">
        {member.name}
      </h2>
      <Truth member={member} state={state} />
      {repair !== null && (
        <div class="repair" role="status">
          <p>{repair.message}</p>
          {repair.transactions.length > 0 && (
            <details open>
              <summary>What was sent</summary>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
              <pre tabIndex={0}>{repair.transactions.map((each) => JSON.stringify(each, null, 2)).join("\n\n")}</pre>
            </details>
          )}
        </div>
      )}
      {member.item !== null && <Item item={member.item} />}
    </>
  );
}

/** Whether item and registry agree, in words, and the button where they do not. */
function Truth({ member, state }: { member: MemberAnswer; state: PageState }) {
  const table = useStore(state.table);
  const exists = member.item !== null;
  const { isListed } = member;
  const badge = (isSo: boolean, yes: string, no: string) => (
    <span class={exists === isListed ? "badge" : "badge wrong"}>{isSo ? yes : no}</span>
  );
  return (
    <div class="truth">
      {badge(exists, "item exists", "no item")}
      {badge(isListed, "listed", "not listed")}
      <span class="quiet">in {ownerText(member)}</span>
      {exists !== isListed && (
        <p class="drift">
          {exists
            ? "Missing: the item exists, and the registry does not list it."
            : "Orphaned: listed, and there is no item."}{" "}
          {table?.isWritable ? (
            <button type="button" class="button primary" onClick={() => state.repair(member)}>
              Repair
            </button>
          ) : (
            <>
              Start this page with <code>--write</code> to repair it here.
            </>
          )}
        </p>
      )}
      {!exists && !isListed && <p class="quiet">There is no such member any more.</p>}
    </div>
  );
}

const FORMS = ["Attributes", "JSON", "DynamoDB JSON"] as const;

function Item({ item }: { item: NonNullable<MemberAnswer["item"]> }) {
  const [form, setForm] = useState<(typeof FORMS)[number]>("Attributes");
  const [copied, setCopied] = useState(false);
  const text = JSON.stringify(form === "DynamoDB JSON" ? item : plainItem(item), null, 2);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <>
      <fieldset class="forms" aria-label="Form of the item">
        {FORMS.map((each) => (
          <button key={each} type="button" class="tab" aria-pressed={each === form} onClick={() => setForm(each)}>
            {each}
          </button>
        ))}
        <button type="button" class="tab copy" onClick={() => void copy()}>
          {copied ? "Copied" : `Copy ${form === "DynamoDB JSON" ? "DynamoDB JSON" : "JSON"}`}
        </button>
      </fieldset>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <section class="item" tabIndex={0} aria-label="Item">
        {form === "Attributes" ? <Attributes item={item} /> : <pre>{text}</pre>}
      </section>
    </>
  );
}

function Attributes({ item }: { item: NonNullable<MemberAnswer["item"]> }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Attribute</th>
          <th scope="col">Type</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(item).map(([name, value]) => {
          const { type, texts } = shownAttribute(value);
          return (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="type">{type}</td>
              <td>
                {texts.map((text) => (
                  <span key={text} class={texts.length > 1 || type.endsWith("set") ? "value chip" : "value"}>
                    {text}
                  </span>
                ))}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
