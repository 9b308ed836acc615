import { Button, Field, Form, Layout, Notice, text } from '../page/index.js';
import type { Brand } from '../page/index.js';
import type { SessionView } from '../oidc/identity-provider.js';
import { RightsList } from '../rights/rights.page.js';
import { rightsOf } from '../rights/rights.policy.js';
import type { ApplicationRow, Overview, PurposeRow } from './overview.js';

export type AccountProps = Readonly<{
  brand: Brand;
  token: string;
  overview: Overview;
  sessions: readonly SessionView[];
  here: string;
  notice?: Readonly<{ kind: 'good' | 'bad'; words: string }>;
  /** The name as it was typed, where it was refused. */
  typed?: Readonly<{ firstName: string; lastName: string }>;
}>;

/** Everything that somebody can see and change of their account. */
export const AccountPage = ({ brand, token, overview, sessions, here, notice, typed }: AccountProps) => (
  <Layout brand={brand} title={text('account.title')} wide>
    {notice ? <Notice kind={notice.kind}>{notice.words}</Notice> : null}
    <NameSection token={token} firstName={typed?.firstName ?? overview.firstName} lastName={typed?.lastName ?? overview.lastName} email={overview.email} />
    <section>
      <h2>{text('account.purposes')}</h2>
      {overview.purposes.map((one) => (
        <Purpose key={one.purpose} one={one} token={token} />
      ))}
    </section>
    <section>
      <h2>{text('account.applications')}</h2>
      {overview.applications.length === 0 ? <p>{text('account.applications-none')}</p> : overview.applications.map((one) => <Application key={one.id} one={one} token={token} />)}
    </section>
    <Sessions sessions={sessions} here={here} token={token} />
    <section>
      <h2>{text('account.password')}</h2>
      <p>{text('account.password-lead')}</p>
      <p>
        <a href="/account/password">{text('account.change-password')}</a>
      </p>
    </section>
    <Form action="/account/sign-out" token={token}>
      <Button kind="quiet">{text('account.sign-out')}</Button>
    </Form>
  </Layout>
);

const NameSection = ({ token, firstName, lastName, email }: { token: string; firstName: string; lastName: string; email: string }) => (
  <section>
    <h2>{text('account.name')}</h2>
    <Form action="/account/name" token={token}>
      <Field name="first_name" label={text('account.first-name')} autocomplete="given-name" value={firstName} />
      <Field name="last_name" label={text('account.last-name')} autocomplete="family-name" value={lastName} />
      <Button kind="quiet">{text('account.save')}</Button>
    </Form>
    <p>
      {text('account.email')}: <strong>{email}</strong>
    </p>
  </section>
);

const Purpose = ({ one, token }: { one: PurposeRow; token: string }) => (
  <article>
    <h3>{one.title}</h3>
    <p>{one.text}</p>
    {one.optional ? (
      <Form action={`/account/purposes/${encodeURIComponent(one.purpose)}`} token={token}>
        <p>{text(one.granted ? 'account.purpose.on' : 'account.purpose.off')}</p>
        <input type="hidden" name="text_version" value={String(one.asked)} />
        <Button name="answer" value={one.granted ? 'withdraw' : 'grant'} kind="quiet" label={`${text(one.granted ? 'account.withdraw' : 'account.grant')}: ${one.title}`}>
          {text(one.granted ? 'account.withdraw' : 'account.grant')}
        </Button>
      </Form>
    ) : (
      <p>{text('account.purpose.needed')}</p>
    )}
  </article>
);

const Application = ({ one, token }: { one: ApplicationRow; token: string }) => (
  <article>
    <h3>{one.name}</h3>
    <p>{text('account.application-since', { date: day(one.since) })}</p>
    <RightsList {...rightsOf(one.allowed)} />
    <Form action={`/account/applications/${encodeURIComponent(one.id)}/remove`} token={token}>
      <Button kind="quiet" label={`${text('account.remove')}: ${one.name}`}>
        {text('account.remove')}
      </Button>
    </Form>
  </article>
);

const Sessions = ({ sessions, here, token }: { sessions: readonly SessionView[]; here: string; token: string }) => (
  <section>
    <h2>{text('account.sessions')}</h2>
    {sessions.map(({ uid, since }) => (
      <article key={uid}>
        <h3>{text(uid === here ? 'account.session-here' : 'account.session-other')}</h3>
        <p>{text('account.session-since', { date: day(since) })}</p>
        {uid === here ? null : (
          <Form action={`/account/sessions/${encodeURIComponent(uid)}/end`} token={token}>
            <Button kind="quiet">{text('account.session-end')}</Button>
          </Form>
        )}
      </article>
    ))}
    <p>{text('account.sessions-end-lead')}</p>
    <Form action="/account/sessions/end-others" token={token}>
      <Button kind="quiet">{text('account.sessions-end')}</Button>
    </Form>
  </section>
);

const day = (date: Date): string => new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' }).format(date);

/** The new password, after the old one was asked for. */
export const ChangePasswordPage = ({ brand, token, email, minimum, error, problem }: Readonly<{ brand: Brand; token: string; email: string; minimum: number; error?: string; problem?: string }>) => (
  <Layout brand={brand} title={text('account.password-title')}>
    {problem ? <Notice kind="bad">{problem}</Notice> : null}
    <p>{text('account.password-lead')}</p>
    <Form action="/account/password" token={token}>
      <input type="hidden" autocomplete="username" value={email} />
      <Field name="password" label={text('account.new-password')} type="password" autocomplete="new-password" hint={text('recover.password-hint', { minimum })} error={error} />
      <Button>{text('account.change-password')}</Button>
    </Form>
    <p>
      <a href="/account">{text('account.title')}</a>
    </p>
  </Layout>
);

/** After signing out, or after a sign-in that was not wanted. */
export const SignedOutPage = ({ brand }: Readonly<{ brand: Brand }>) => (
  <Layout brand={brand} title={text('signed-out.title')}>
    <p>{text('signed-out.lead')}</p>
    <p>
      <a href="/account">{text('sign-in.title')}</a>
    </p>
  </Layout>
);
