import type { VNode } from 'preact';
import { render } from 'preact-render-to-string';
import type { Brand } from '../page/index.js';
import { mailText } from './mail-messages.en.js';

/** A letter, in both forms. No picture, no tracking, nothing from elsewhere. */
export type Letter = Readonly<{ subject: string; text: string; html: string }>;

type Kind = 'registration' | 'known' | 'sign-in' | 'recovery' | 'password-changed' | 'recovered';
type Parts = Readonly<{ brand: Pick<Brand, 'name'>; code?: string; link?: string }>;
type Block = Readonly<{ say: string } | { code: string } | { link: string }>;

/** One list of blocks makes both forms, so that they cannot say different things. */
function blocks(kind: Kind, { brand, code, link }: Parts): readonly Block[] {
  const say = (key: Parameters<typeof mailText>[0]): Block => ({ say: mailText(key, { brand: brand.name }) });
  return [
    say('hello'),
    say(`${kind}.why`),
    ...(code === undefined ? [] : [{ code }, say('code-life')]),
    ...(link === undefined || kind === 'sign-in' ? [] : [say(`${kind}.link`), { link }]),
    say(`${kind}.not-you`),
    say('bye'),
  ];
}

const asText = (block: Block): string => ('say' in block ? block.say : 'code' in block ? block.code : block.link);

const Paragraph = ({ block }: Readonly<{ block: Block }>): VNode => {
  if ('say' in block) return <p>{block.say}</p>;
  if ('code' in block) return <p style="font-size:1.6em;letter-spacing:0.15em;font-weight:bold">{block.code}</p>;
  return <p><a href={block.link}>{block.link}</a></p>;
};

const Sheet = ({ title, all }: Readonly<{ title: string; all: readonly Block[] }>): VNode => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <title>{title}</title>
    </head>
    <body style="font-family:sans-serif;font-size:16px;line-height:1.5;max-width:34em;margin:2em auto;padding:0 1em">
      {all.map((block) => <Paragraph block={block} />)}
    </body>
  </html>
);

function letter(kind: Kind, parts: Parts): Letter {
  const subject = mailText(`${kind}.subject`, { brand: parts.brand.name }).replaceAll(/\s+/g, ' ');
  const all = blocks(kind, parts);
  return { subject, text: `${all.map(asText).join('\n\n')}\n`, html: `<!doctype html>${render(<Sheet title={subject} all={all} />)}` };
}

type WithCode = Readonly<{ brand: Pick<Brand, 'name'>; code: string }>;
type WithLink = Readonly<{ brand: Pick<Brand, 'name'>; link: string }>;

/** To an address that is free: the code and the link that complete a registration. */
export const registrationLetter = (parts: WithCode & WithLink): Letter => letter('registration', parts);

/** To an address that somebody registers a second time. */
export const knownAddressLetter = ({ brand, link }: WithLink): Letter => letter('known', { brand, link });

/** The code for a browser that is not known. */
export const signInCodeLetter = (parts: WithCode): Letter => letter('sign-in', parts);

/** To the owner: the password is another one now. `link` takes the account back. */
export const passwordChangedLetter = ({ brand, link }: WithLink): Letter => letter('password-changed', { brand, link });

/** To the owner: somebody chose a new password by a mailed code or link. */
export const recoveredLetter = ({ brand, link }: WithLink): Letter => letter('recovered', { brand, link });

/** Code and link for a forgotten password. */
export const recoveryLetter = (parts: WithCode & WithLink): Letter => letter('recovery', parts);
