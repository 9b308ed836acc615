import { Layout, text } from '../page/index.js';
import type { Brand } from '../page/index.js';

type HomeProps = Readonly<{ brand: Brand; issuer: string; sample: string | undefined }>;

const Entry = ({ href, name, use }: Readonly<{ href: string; name: string; use: string }>) => (
  <section>
    <h2>
      <a href={href}>{name}</a>
    </h2>
    <p>{use}</p>
  </section>
);

/** What this is, and where to go from here. */
export const HomePage = ({ brand, issuer, sample }: HomeProps) => (
  <Layout brand={brand} title={text('home.title')} wide>
    <p>{text('home.lead')}</p>
    <Entry href="/account" name={text('home.account')} use={text('home.account-use')} />
    {sample && <Entry href={sample} name={text('home.sample')} use={text('home.sample-use')} />}
    <Entry href="/api" name={text('home.api')} use={text('home.api-use')} />
    <Entry href={`${issuer}/.well-known/openid-configuration`} name={text('home.discovery')} use={text('home.discovery-use')} />
  </Layout>
);
