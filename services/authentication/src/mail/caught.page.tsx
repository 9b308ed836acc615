import { Layout } from '../page/index.js';
import type { Brand } from '../page/index.js';
import type { CaughtMail } from './caught-mails.js';
import { mailText } from './mail-messages.en.js';

const ADDRESS = /(https?:\/\/[^\s<>"]+)/;

/** The text as it was written; addresses that lead to us can be followed. */
const Body = ({ text, origin }: Readonly<{ text: string; origin: string }>) => (
  <pre class="mail">{text.split(ADDRESS).map((part) => (part.startsWith(`${origin}/`) ? <a href={part}>{part}</a> : part))}</pre>
);

/** Every caught mail, newest first. */
export const CaughtListPage = ({ brand, mails }: Readonly<{ brand: Brand; mails: readonly CaughtMail[] }>) => (
  <Layout brand={brand} title={mailText('caught.title')} wide>
    <p>{mailText('caught.lead')}</p>
    {mails.length === 0 ? <p>{mailText('caught.none')}</p> : null}
    {mails.map(({ id, to, subject, at }) => (
      <article>
        <h2><a href={`/mail/${id}`}>{subject}</a></h2>
        <p>{mailText('caught.to', { to, at })}</p>
      </article>
    ))}
  </Layout>
);

/** One caught mail as text. Its HTML is never shown as such. */
export const CaughtMailPage = ({ brand, mail, origin }: Readonly<{ brand: Brand; mail: CaughtMail; origin: string }>) => (
  <Layout brand={brand} title={mail.subject} wide>
    <p>{mailText('caught.to', { to: mail.to, at: mail.at })}</p>
    <Body text={mail.text} origin={origin} />
    <p><a href="/mail">{mailText('caught.back')}</a></p>
  </Layout>
);
