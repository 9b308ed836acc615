import type { ComponentChildren } from 'preact';
import { assets } from './assets.js';
import { text } from './messages.js';

/** The organisation's own face. */
export type Brand = Readonly<{ name: string; logo: string | undefined; colour: string; colourDark: string }>;

type LayoutProps = Readonly<{ brand: Brand; title: string; wide?: boolean; children: ComponentChildren }>;

/** The frame of every page: the organisation's face, one heading, one thing to do. */
export const Layout = ({ brand, title, wide = false, children }: LayoutProps) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="robots" content="noindex" />
      <title>{`${title} · ${brand.name}`}</title>
      <link rel="stylesheet" href={assets(brand).path} />
    </head>
    <body class={wide ? 'wide' : 'card'}>
      <header>{brand.logo ? <img src={brand.logo} alt={brand.name} height={36} /> : <p class="brand">{brand.name}</p>}</header>
      <main>
        <h1>{title}</h1>
        {children}
      </main>
      <footer>
        <small>{text('footer.secured')}</small>
      </footer>
    </body>
  </html>
);

/** A message above the fields. Bad ones are announced at once. */
export const Notice = ({ kind, children }: Readonly<{ kind: 'good' | 'bad'; children: ComponentChildren }>) => (
  <div class={`notice ${kind}`} role={kind === 'bad' ? 'alert' : 'status'}>
    {children}
  </div>
);
