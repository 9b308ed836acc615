import { Button, Field, Form, Layout, Notice, text } from '../page/index.js';
import type { Brand } from '../page/index.js';
import { Leave } from './leave.page.js';

/** What every page of a visit needs: the organisation's face and the form token of this browser. */
export type Visit = Readonly<{ brand: Brand; token: string; uid: string; client: string }>;

/** What was typed wrong, by field; `form` stands above the fields. */
export type Wrong = Readonly<{ form?: string; login?: string; password?: string; code?: string; email?: string }>;

export type SignInProps = Visit & Readonly<{ login: string; again: boolean; fixedLogin?: boolean; wrong?: Wrong; notice?: string }>;

/** Email and password. With `fixedLogin` it is the same person again. */
export const SignInPage = ({ brand, token, uid, client, login, again, wrong = {}, notice, fixedLogin = false }: SignInProps) => (
  <Layout brand={brand} title={text('sign-in.title')}>
    <p>{again ? text('sign-in.again') : text('sign-in.lead', { client })}</p>
    {notice ? <Notice kind="good">{notice}</Notice> : null}
    {wrong.form ? <Notice kind="bad">{wrong.form}</Notice> : null}
    <Form action={`/i/${uid}`} token={token}>
      <Field name="login" label={text('field.email')} type="email" autocomplete="username" value={login} error={wrong.login} readonly={fixedLogin} />
      <Field name="password" label={text('field.password')} type="password" autocomplete="current-password" error={wrong.password} />
      <Button>{text('button.sign-in')}</Button>
    </Form>
    <p>
      <a href={`/i/${uid}/recover`}>{text('sign-in.forgotten')}</a>
    </p>
    {again ? null : (
      <p>
        {text('sign-in.new-here')} <a href={`/i/${uid}/register`}>{text('sign-in.create-account')}</a>
      </p>
    )}
    <Leave at={`/i/${uid}`} token={token} other={fixedLogin} />
  </Layout>
);

/** The code that was mailed because the browser is not known. */
export const ConfirmPage = ({ brand, token, uid, wrong = {}, notice }: Visit & Readonly<{ wrong?: Wrong; notice?: string }>) => (
  <Layout brand={brand} title={text('confirm.title')}>
    <p>{text('confirm.lead')}</p>
    {notice ? <Notice kind="good">{notice}</Notice> : null}
    {wrong.form ? <Notice kind="bad">{wrong.form}</Notice> : null}
    <Form action={`/i/${uid}/confirm`} token={token}>
      <Field name="code" label={text('field.code')} autocomplete="one-time-code" inputmode="numeric" error={wrong.code} />
      <Button>{text('button.continue')}</Button>
    </Form>
    <Form action={`/i/${uid}/confirm/resend`} token={token}>
      <Button kind="quiet">{text('confirm.resend')}</Button>
    </Form>
    <p class="hint">{text('code.no-mail')}</p>
    <p>
      <a href={`/i/${uid}?again=1`}>{text('sign-in.back')}</a>
    </p>
    <Leave at={`/i/${uid}`} token={token} />
  </Layout>
);

/** An interaction that is over, expired, or belongs to another browser: says so, and the way out. */
export const GonePage = ({ brand }: Readonly<{ brand: Brand }>) => (
  <Layout brand={brand} title={text('gone.title')}>
    <p>{text('gone.lead')}</p>
    <p>
      <a href="/account">{text('gone.account')}</a>
    </p>
  </Layout>
);

/** Something of ours is away. */
export const TroublePage = ({ brand, again }: Readonly<{ brand: Brand; again: string }>) => (
  <Layout brand={brand} title={text('trouble.title')}>
    <p>{text('trouble.lead')}</p>
    <p>
      <a href={again}>{text('trouble.again')}</a>
    </p>
  </Layout>
);
