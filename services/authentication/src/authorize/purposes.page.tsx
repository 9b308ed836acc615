import type { PurposeRow } from '../account/overview.js';
import { Button, Form, Layout, Notice, text } from '../page/index.js';
import { Leave } from '../sign-in/leave.page.js';
import type { Visit } from '../sign-in/sign-in.page.js';
import { PurposeBoxes } from './purpose-boxes.page.js';

export type PurposesProps = Visit & Readonly<{ email: string; purposes: readonly PurposeRow[]; ticked?: readonly string[]; problem?: string }>;

/** What an application would like to use, asked once: going on with empty boxes is an answer too. */
export const PurposesPage = ({ brand, token, uid, client, email, purposes, ticked = [], problem }: PurposesProps) => (
  <Layout brand={brand} title={text('purposes.title')}>
    {problem ? <Notice kind="bad">{problem}</Notice> : null}
    <p>{text('purposes.lead', { client, email })}</p>
    <Form action={`/i/${uid}/purposes`} token={token}>
      <PurposeBoxes purposes={purposes} ticked={ticked} />
      <p>{text('purposes.once')}</p>
      <Button>{text('button.continue')}</Button>
    </Form>
    <Leave at={`/i/${uid}/purposes`} token={token} other />
  </Layout>
);
