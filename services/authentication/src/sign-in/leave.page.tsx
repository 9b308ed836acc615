import { Button, Form, Layout, Notice, text } from '../page/index.js';
import type { Brand } from '../page/index.js';

/** `at`: the page of the visit that is left. `other`: the page names somebody, who may not be the one before it. `cancel`: the page has no such button of its own. */
export type LeaveProps = Readonly<{ at: string; token: string; other?: boolean; cancel?: boolean }>;

/** The ways out of a visit that every page of it has: somebody else signs in, or nobody, and the application is told so. */
export const Leave = ({ at, token, other = false, cancel = true }: LeaveProps) => (
  <Form action={`${at}/leave`} token={token}>
    {other ? (
      <Button name="answer" value="other" kind="quiet">
        {text('leave.other')}
      </Button>
    ) : null}
    {cancel ? (
      <Button name="answer" value="cancel" kind="quiet">
        {text('button.cancel')}
      </Button>
    ) : null}
  </Form>
);

/** The form was out of date: asked once more, with one that is not. */
export const LeavePage = ({ brand, at, token }: Readonly<{ brand: Brand; at: string; token: string }>) => (
  <Layout brand={brand} title={text('leave.title')}>
    <Notice kind="bad">{text('form.stale')}</Notice>
    <Leave at={at} token={token} other />
    <p>
      <a href={at}>{text('leave.stay')}</a>
    </p>
  </Layout>
);
