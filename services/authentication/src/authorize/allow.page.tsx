import type { PurposeRow } from '../account/overview.js';
import { Button, Form, Layout, Notice, text } from '../page/index.js';
import { RightsList } from '../rights/rights.page.js';
import type { Rights } from '../rights/rights.policy.js';
import { Leave } from '../sign-in/leave.page.js';
import type { Visit } from '../sign-in/sign-in.page.js';
import { PurposeBoxes } from './purpose-boxes.page.js';

export type AllowProps = Visit & Readonly<{ email: string; rights: Rights; asked: string; purposes: readonly PurposeRow[]; ticked?: readonly string[]; problem?: string }>;

/** What an application may do, in plain words, and what is the person's own choice. `asked` goes with the form: it says what its page showed. */
export const AllowPage = ({ brand, token, uid, client, email, rights, asked, purposes, ticked = [], problem }: AllowProps) => (
  <Layout brand={brand} title={text('allow.title', { client })}>
    {problem ? <Notice kind="bad">{problem}</Notice> : null}
    <p>{text('allow.lead', { client, email })}</p>
    <RightsList {...rights} />
    <Form action={`/i/${uid}/allow`} token={token}>
      <input type="hidden" name="asked" value={asked} />
      {purposes.length > 0 ? <PurposeBoxes purposes={purposes} ticked={ticked} /> : null}
      <Button name="answer" value="allow">
        {text('allow.allow')}
      </Button>
      <Button name="answer" value="cancel" kind="quiet">
        {text('allow.cancel')}
      </Button>
    </Form>
    <Leave at={`/i/${uid}/allow`} token={token} other cancel={false} />
  </Layout>
);
