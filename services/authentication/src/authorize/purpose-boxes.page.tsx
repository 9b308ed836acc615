import type { PurposeRow } from '../account/overview.js';
import { text } from '../page/index.js';

/** What is the person's own choice: nothing is ticked beforehand. */
export const PurposeBoxes = ({ purposes, ticked }: { purposes: readonly PurposeRow[]; ticked: readonly string[] }) => (
  <fieldset>
    <legend>{text('allow.optional')}</legend>
    {purposes.map((one) => (
      <PurposeBox key={one.purpose} one={one} ticked={ticked.includes(one.purpose)} />
    ))}
    <p>{text(purposes.length === 1 ? 'allow.optional-one' : 'allow.optional-lead')}</p>
  </fieldset>
);

/** The text that is answered is the text that is shown: its version goes with the box, ticked or not. */
const PurposeBox = ({ one, ticked }: { one: PurposeRow; ticked: boolean }) => (
  <div class="choice">
    <input type="hidden" name="shown" value={`${one.purpose}:${one.asked}`} />
    <input type="checkbox" id={`purpose-${one.purpose}`} name="purpose" value={`${one.purpose}:${one.asked}`} checked={ticked} aria-describedby={`purpose-${one.purpose}-text`} />
    <label for={`purpose-${one.purpose}`}>{one.title}</label>
    <p id={`purpose-${one.purpose}-text`}>{one.text}</p>
  </div>
);
