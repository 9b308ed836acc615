import { Button, Field, Form, Layout, Notice, text } from '../page/index.js';
import type { Brand } from '../page/index.js';
import { Leave } from '../sign-in/leave.page.js';

type Common = Readonly<{ brand: Brand; token: string; problem?: string; notice?: string }>;

/** The way back to the sign-in that this began at. */
const Back = ({ uid }: { uid: string }) => (
  <p>
    <a href={`/i/${uid}?again=1`}>{text('sign-in.back')}</a>
  </p>
);

const Notices = ({ problem, notice }: Pick<Common, 'problem' | 'notice'>) => (
  <>
    {notice ? <Notice kind="good">{notice}</Notice> : null}
    {problem ? <Notice kind="bad">{problem}</Notice> : null}
  </>
);

/** Asks whose password was forgotten. */
export const RecoverPage = ({ brand, token, uid, email, error, problem, notice }: Common & Readonly<{ uid: string; email: string; error?: string }>) => (
  <Layout brand={brand} title={text('recover.title')}>
    <p>{text('recover.lead')}</p>
    <Notices problem={problem} notice={notice} />
    <Form action={`/i/${uid}/recover`} token={token}>
      <Field name="email" label={text('field.email')} type="email" autocomplete="username" value={email} error={error} />
      <Button>{text('button.continue')}</Button>
    </Form>
    {problem ? <p class="hint">{text('recover.any-link')}</p> : null}
    <Back uid={uid} />
    <Leave at={`/i/${uid}`} token={token} />
  </Layout>
);

/** The same page whether or not somebody has the address. */
export const RecoverCodePage = ({ brand, token, uid, email, error, problem, notice }: Common & Readonly<{ uid: string; email: string; error?: string }>) => (
  <Layout brand={brand} title={text('recover.code-title')}>
    <p>{text('recover.code-lead', { email })}</p>
    <Notices problem={problem} notice={notice} />
    <Form action={`/i/${uid}/recover/code`} token={token}>
      <Field name="code" label={text('field.code')} autocomplete="one-time-code" inputmode="numeric" error={error} />
      <Button>{text('button.continue')}</Button>
    </Form>
    <Form action={`/i/${uid}/recover/resend`} token={token}>
      <Button kind="quiet">{text('confirm.resend')}</Button>
    </Form>
    <p class="hint">
      {text('code.no-mail')} {text('recover.any-link')}
    </p>
    <Back uid={uid} />
    <Leave at={`/i/${uid}`} token={token} />
  </Layout>
);

/** The new password; `email` lets password managers file it. `uid`: the visit that it belongs to; a mailed link belongs to none. */
export const NewPasswordPage = ({ brand, token, action, uid, email, minimum, error, problem }: Common & Readonly<{ action: string; uid?: string; email: string; minimum: number; error?: string }>) => (
  <Layout brand={brand} title={text('recover.password-title')}>
    <p>{text('recover.password-lead')}</p>
    <Notices problem={problem} />
    <Form action={action} token={token}>
      <input type="hidden" autocomplete="username" value={email} />
      <Field name="password" label={text('field.password')} type="password" autocomplete="new-password" hint={text('recover.password-hint', { minimum })} error={error} />
      <Button>{text('recover.set')}</Button>
    </Form>
    {uid === undefined ? null : <Leave at={`/i/${uid}`} token={token} />}
  </Layout>
);

/** After the link was used in another browser than the one that asked. */
export const RecoveredPage = ({ brand, inForce }: Readonly<{ brand: Brand; inForce: boolean }>) => (
  <Layout brand={brand} title={text('recover.done-title')}>
    <p>{text(inForce ? 'recover.done-lead' : 'recover.done-later')}</p>
    <p>
      <a href="/account">{text('gone.account')}</a>
    </p>
  </Layout>
);
