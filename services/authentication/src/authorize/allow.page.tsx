import type { PurposeRow } from '../account/overview.js';
import { Button, Form, Layout, Notice, text } from '../page/index.js';
import type { Visit } from '../sign-in/sign-in.page.js';
import type { Datum } from './claims-of-scopes.policy.js';

export type AllowProps = Visit & Readonly<{ email: string; data: readonly Datum[]; purposes: readonly PurposeRow[]; ticked?: readonly string[]; problem?: string }>;

/** What an application gets, in plain words, and what is the person's own choice: nothing is ticked beforehand. */
export const AllowPage = ({ brand, token, uid, client, email, data, purposes, ticked = [], problem }: AllowProps) => (
  <Layout brand={brand} title={text('allow.title', { client })}>
    {problem ? <Notice kind="bad">{problem}</Notice> : null}
    <p>{text('allow.lead', { client, email })}</p>
    <ul>{data.length === 0 ? <li>{text('allow.nothing')}</li> : data.map((datum) => <li key={datum}>{text(`allow.datum.${datum}`)}</li>)}</ul>
    <Form action={`/i/${uid}/allow`} token={token}>
      {purposes.length > 0 ? (
        <fieldset>
          <legend>{text('allow.optional')}</legend>
          {purposes.map((one) => (
            <PurposeBox key={one.purpose} one={one} ticked={ticked.includes(one.purpose)} />
          ))}
          <p>{text(purposes.length === 1 ? 'allow.optional-one' : 'allow.optional-lead')}</p>
        </fieldset>
      ) : null}
      <Button name="answer" value="allow">
        {text('allow.allow')}
      </Button>
      <Button name="answer" value="cancel" kind="quiet">
        {text('allow.cancel')}
      </Button>
    </Form>
  </Layout>
);

/** The text that is agreed to is the text that is shown: its version goes with the box. */
const PurposeBox = ({ one, ticked }: { one: PurposeRow; ticked: boolean }) => (
  <div class="choice">
    <input type="checkbox" id={`purpose-${one.purpose}`} name="purpose" value={`${one.purpose}:${one.asked}`} checked={ticked} aria-describedby={`purpose-${one.purpose}-text`} />
    <label for={`purpose-${one.purpose}`}>{one.title}</label>
    <p id={`purpose-${one.purpose}-text`}>{one.text}</p>
  </div>
);
