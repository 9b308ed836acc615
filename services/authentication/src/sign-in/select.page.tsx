import { Button, Form, Layout, Notice, text } from '../page/index.js';
import { Leave } from './leave.page.js';
import type { Visit } from './sign-in.page.js';

/** Whose account it shall be: that of who is signed in here, or another one. */
export const SelectPage = ({ brand, token, uid, client, email, problem }: Visit & Readonly<{ email: string; problem?: string }>) => (
  <Layout brand={brand} title={text('select.title')}>
    {problem ? <Notice kind="bad">{problem}</Notice> : null}
    <p>{text('select.lead', { client, email })}</p>
    <Form action={`/i/${uid}/select`} token={token}>
      <Button>{text('select.same')}</Button>
    </Form>
    <Leave at={`/i/${uid}/select`} token={token} other />
  </Layout>
);
