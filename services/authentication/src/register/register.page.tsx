import { Button, Field, Form, Layout, Notice, text } from '../page/index.js';
import type { Brand } from '../page/index.js';
import { Leave } from '../sign-in/leave.page.js';
import type { LeaveProps } from '../sign-in/leave.page.js';

/** What every page of a visit needs. */
type Visit = Readonly<{ brand: Brand; token: string; uid: string; client: string }>;

/** What the form keeps when it is shown again; a password is never sent back. */
export type FormShown = Readonly<{ email: string; firstName: string; lastName: string }>;

/** What is wrong, by field, in words; `form` stands above the fields. */
export type FormWrong = Readonly<{ form?: string; email?: string; password?: string; firstName?: string; lastName?: string }>;

/** The form. Each field says what it is used for. */
export const RegisterPage = ({ brand, token, uid, client, typed, minimum, wrong = {} }: Visit & Readonly<{ typed: FormShown; minimum: number; wrong?: FormWrong }>) => (
  <Layout brand={brand} title={text('register.title')}>
    <p>{text('register.lead', { client })}</p>
    {wrong.form ? <Notice kind="bad">{wrong.form}</Notice> : null}
    <Form action={`/i/${uid}/register`} token={token}>
      <Field name="email" label={text('field.email')} type="email" autocomplete="username" value={typed.email} hint={text('register.email-use')} error={wrong.email} />
      <Field name="password" label={text('field.password')} type="password" autocomplete="new-password" hint={text('register.password-use', { minimum })} error={wrong.password} />
      <Field name="first_name" label={text('field.first-name')} autocomplete="given-name" value={typed.firstName} hint={text('register.first-name-use')} error={wrong.firstName} />
      <Field name="last_name" label={text('field.last-name')} autocomplete="family-name" value={typed.lastName} hint={text('register.last-name-use')} error={wrong.lastName} />
      <Button>{text('button.create-account')}</Button>
    </Form>
    <p>
      {text('register.have-one')} <a href={`/i/${uid}?again=1`}>{text('register.sign-in')}</a>
    </p>
    <Leave at={`/i/${uid}`} token={token} />
  </Layout>
);

/** The same page whether or not somebody has the address. */
export const RegisterCodePage = ({ brand, token, uid, email, error, problem, notice }: Omit<Visit, 'client'> & Readonly<{ email: string; error?: string; problem?: string; notice?: string }>) => (
  <Layout brand={brand} title={text('register.code-title')}>
    <p>{text('register.code-lead', { email })}</p>
    {notice ? <Notice kind="good">{notice}</Notice> : null}
    {problem ? <Notice kind="bad">{problem}</Notice> : null}
    <Form action={`/i/${uid}/code`} token={token}>
      <Field name="code" label={text('field.code')} autocomplete="one-time-code" inputmode="numeric" error={error} />
      <Button>{text('button.continue')}</Button>
    </Form>
    <Form action={`/i/${uid}/code/resend`} token={token}>
      <Button kind="quiet">{text('register.resend')}</Button>
    </Form>
    <p class="hint">{text('code.no-mail')}</p>
    <p>
      <a href={`/i/${uid}/register`}>{text('register.other-email')}</a>
    </p>
    <Leave at={`/i/${uid}`} token={token} />
  </Layout>
);

/** Behind the mailed link: the password that was chosen; `email` lets password managers find it. */
export const RegisterLinkPage = ({ brand, token, link, email, error, problem }: Readonly<{ brand: Brand; token: string; link: string; email: string; error?: string; problem?: string }>) => (
  <Layout brand={brand} title={text('register.link-title')}>
    <p>{text('register.link-lead')}</p>
    {problem ? <Notice kind="bad">{problem}</Notice> : null}
    <Form action={`/register/${link}`} token={token}>
      <Field name="email" label={text('field.email')} type="email" autocomplete="username" value={email} readonly />
      <Field name="password" label={text('field.password')} type="password" autocomplete="current-password" error={error} />
      <Button>{text('register.confirm')}</Button>
    </Form>
  </Layout>
);

/** In the browser that began, after the account was made elsewhere. */
export const ConfirmedPage = ({ brand, token, uid }: Readonly<{ brand: Brand; token: string; uid: string }>) => (
  <Layout brand={brand} title={text('register.confirmed-title')}>
    <p>{text('register.confirmed-lead')}</p>
    <p>
      <a href={`/i/${uid}?again=1`}>{text('button.sign-in')}</a>
    </p>
    <Leave at={`/i/${uid}`} token={token} />
  </Layout>
);

/** The address is somebody's by now, or the registration is over: one line and the way on. */
export const NotRegisteredPage = ({ brand, title, lead, href, way, leave }: Readonly<{ brand: Brand; title: string; lead: string; href: string; way: string; leave?: LeaveProps }>) => (
  <Layout brand={brand} title={title}>
    <p>{lead}</p>
    <p>
      <a href={href}>{way}</a>
    </p>
    {leave ? <Leave {...leave} /> : null}
  </Layout>
);
