import type { VNode } from 'preact';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { Layout, renderPage, text } from '../page/index.js';
import type { Brand } from '../page/index.js';
import { GonePage, TroublePage } from '../sign-in/sign-in.page.js';
import { addressOf } from './address-of.js';
import { isForMachines } from './machines.js';
import type { OidcPages } from './oidc-pages.js';
import { UnreadablePage } from './unreadable.js';

/** Asks before signing out; "no" is a plain link, since the library's own "no" still signs the application out. */
const SignOutPage = ({ brand, form, client, stay }: Readonly<{ brand: Brand; form: string; client: string | undefined; stay: string }>) => (
  <Layout brand={brand} title={text('sign-out.title')}>
    <p>{client === undefined ? text('sign-out.lead-all') : text('sign-out.lead', { client })}</p>
    <div dangerouslySetInnerHTML={{ __html: form }} />
    <button type="submit" form="op.logoutForm" name="logout" value="yes">
      {text('button.sign-out')}
    </button>
    <p>
      <a href={stay}>{text('sign-out.stay')}</a>
    </p>
  </Layout>
);

const SignedOutPage = ({ brand }: Readonly<{ brand: Brand }>) => (
  <Layout brand={brand} title={text('signed-out.title')}>
    <p>{text('signed-out.lead')}</p>
  </Layout>
);

const ProviderErrorPage = ({ brand, id }: Readonly<{ brand: Brand; id: string }>) => (
  <Layout brand={brand} title={text('provider-error.title')}>
    <p>{text('provider-error.lead')}</p>
    <p class="hint">{text('provider-error.number', { id })}</p>
  </Layout>
);

/** A sign-out that cannot be carried out as it was asked leaves nobody signed in without a way: the button leads to the question that needs no application. */
const StillSignedInPage = ({ brand, id, signOut }: Readonly<{ brand: Brand; id: string; signOut: string }>) => (
  <Layout brand={brand} title={text('still-signed-in.title')}>
    <p>{text('still-signed-in.lead')}</p>
    <form method="get" action={signOut}>
      <button type="submit">{text('button.sign-out')}</button>
    </form>
    <p>
      <a href="/account">{text('sign-out.stay')}</a>
    </p>
    <p class="hint">{text('provider-error.number', { id })}</p>
  </Layout>
);

/** Routes that were to sign somebody out. */
const SIGN_OUT: ReadonlySet<string> = new Set(['end_session', 'end_session_confirm']);

/** Something of ours failed: whose fault it is, and what to do. */
const FaultPage = ({ brand, id, again }: Readonly<{ brand: Brand; id: string; again: string }>) => (
  <Layout brand={brand} title={text('trouble.title')}>
    <p>{text('trouble.lead')}</p>
    <p>
      <a href={again}>{text('trouble.again')}</a>
    </p>
    <p class="hint">{text('provider-error.number', { id })}</p>
  </Layout>
);

const show = (ctx: KoaContextWithOIDC, page: VNode): void => {
  ctx.type = 'html';
  ctx.body = renderPage(page);
};

/** The provider's own pages, in the organisation's face. */
export const providerPages = (brand: Brand): OidcPages => ({
  async signOut(ctx, form) {
    show(ctx, <SignOutPage brand={brand} form={form} client={ctx.oidc.client?.clientName} stay="/account" />);
  },
  async signedOut(ctx) {
    show(ctx, <SignedOutPage brand={brand} />);
  },
  async busy(ctx) {
    show(ctx, <TroublePage brand={brand} again={addressOf(ctx)} />);
    ctx.status = 503;
    ctx.set('retry-after', '2');
  },
  nowhere(ctx) {
    if (isForMachines(addressOf(ctx))) ctx.body = { error: 'invalid_request', error_description: 'there is nothing at this address, or not by this method' };
    else show(ctx, <UnreadablePage brand={brand} fault="not_found" />);
    ctx.status = 404;
  },
  async error(ctx, out, error) {
    if (isForMachines(addressOf(ctx)) || ctx.accepts('html', 'json') === 'json') {
      ctx.body = out;
      return;
    }
    const id = String(ctx.res.getHeader('x-request-id') ?? '');
    // Only what the application asked wrongly is said to be its fault.
    if (out.error === 'server_error') return show(ctx, <FaultPage brand={brand} id={id} again={addressOf(ctx)} />);
    if (SIGN_OUT.has(ctx.oidc.route) && ctx.oidc.session?.accountId !== undefined) return show(ctx, <StillSignedInPage brand={brand} id={id} signOut={new URL(ctx.oidc.urlFor('end_session')).pathname} />);
    show(ctx, error.name === 'SessionNotFound' ? <GonePage brand={brand} /> : <ProviderErrorPage brand={brand} id={id} />);
  },
});
