import type { Brand } from './layout.js';
import { asText, textOn } from './readable.policy.js';

/** The grounds that words stand on, and what they are written in where the brand colour cannot be read there. */
const light = { grounds: ['#ffffff', '#f5f6f8'], ink: '#10151f' };
const dark = { grounds: ['#13171f', '#11151c'], ink: '#f0f2f6' };

/** The organisation's colour as a ground with the text on it, and as text. Under the pointer the ground moves away from its text. */
function own(colour: string, { grounds, ink }: typeof light): string {
  const text = textOn(colour);
  return `--own: ${colour}; --on-own: ${text}; --own-text: ${asText(colour, grounds, ink)}; --own-hover: ${text === '#ffffff' ? 0.9 : 1.1};`;
}

/**
 * A page takes no pointer in its first moment: the second click of an impatient hand belongs to the page before, and would press what happens to lie
 * under it (another code, a way out). Nothing moves, so that it counts for whoever wants little motion too.
 */
const SETTLE = '@keyframes settle { from, to { pointer-events: none } } :root body > main { animation: settle 400ms !important; }';

/** What our pages add to the base stylesheet: the organisation's colours, a calm card, targets of 44 px, errors beside fields. Its own selectors of the same weight come before ours, so that ours count. */
export const stylesheet = ({ colour, colourDark }: Pick<Brand, 'colour' | 'colourDark'>): string => `
:root { ${own(colour, light)} --bad: #b3261e; --good: #0f6b3a; --soft: #f5f6f8; --line: #d5d9e0; --edge: #828b9b; --quiet: #50596b; }
@media (prefers-color-scheme: dark) { :root { ${own(colourDark, dark)} --bad: #ffb4ab; --good: #8fdcae; --soft: #11151c; --line: #39424f; --edge: #7b8797; --quiet: #aeb7c5; } }
:root:not([data-theme]) { --pico-primary: var(--own-text); --pico-primary-hover: var(--own-text); --pico-primary-background: var(--own); --pico-primary-hover-background: var(--own); --pico-primary-border: var(--own); --pico-primary-hover-border: var(--own); --pico-primary-inverse: var(--on-own); --pico-primary-focus: var(--own-text); --pico-primary-underline: currentColor; --pico-form-element-border-color: var(--edge); --pico-font-size: 100%; --pico-border-radius: 0.5rem; --pico-form-element-spacing-vertical: 0.6rem; }
${SETTLE}
html { background: var(--soft); }
body { min-height: 100vh; margin: 0; display: flex; flex-direction: column; align-items: center; background: var(--soft); font-size: 1rem; }
body > header, body > main, body > footer { width: 100%; box-sizing: border-box; margin: 0 auto; padding-left: 1rem; padding-right: 1rem; }
body.card > header, body.card > main, body.card > footer { max-width: 27rem; }
body.wide > header, body.wide > main, body.wide > footer { max-width: 44rem; }
body > header { padding-top: 2rem; padding-bottom: 1rem; }
body > header img { height: 2.25rem; width: auto; max-width: 100%; }
.brand { margin: 0; font-weight: 650; font-size: 1.15rem; letter-spacing: -0.01em; color: var(--own-text); }
body.card > main { background: var(--pico-background-color); border: 1px solid var(--line); border-radius: 0.9rem; padding: 1.75rem 1.5rem 1.5rem; width: calc(100% - 2rem); }
body > footer { padding-top: 1.25rem; padding-bottom: 2rem; color: var(--quiet); }
body > footer small { color: var(--quiet); }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 0.75rem; letter-spacing: -0.015em; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 0 0 0.75rem; }
h3 { font-size: 1rem; margin: 0 0 0.25rem; overflow-wrap: anywhere; }
main p { margin-bottom: 1rem; overflow-wrap: anywhere; }
main a { display: inline-block; padding: 0.25rem 0; color: var(--own-text); text-decoration: underline; text-underline-offset: 0.15em; }
form { margin-bottom: 1rem; }
.field { margin-bottom: 1rem; }
.field label { font-weight: 550; margin-bottom: 0.25rem; display: block; }
.field input { margin-bottom: 0.25rem; min-height: 2.75rem; }
.field input[aria-invalid] { border-color: var(--bad); }
.field input[readonly] { background: var(--soft); }
.field .error { color: var(--bad); margin: 0.25rem 0 0; font-size: 0.95rem; }
.hint { color: var(--quiet); font-size: 0.9rem; }
.field .hint { margin: 0.25rem 0 0; }
button[type=submit] { width: 100%; min-height: 2.75rem; margin-bottom: 0.5rem; font-weight: 600; }
button:hover { filter: brightness(var(--own-hover)); }
button.quiet[type=submit] { background: transparent; color: var(--own-text); border-color: var(--line); }
body.wide button[type=submit] { width: auto; }
:focus-visible { outline: 3px solid var(--own-text); outline-offset: 2px; box-shadow: none; }
.notice { border: 1px solid currentColor; border-radius: 0.5rem; padding: 0.75rem 1rem; margin-bottom: 1rem; }
.notice.bad { color: var(--bad); }
.notice.good { color: var(--good); }
.strong { border: 1px solid var(--bad); border-radius: 0.5rem; padding: 0.75rem 1rem 0; margin-bottom: 1rem; }
.strong p { color: var(--bad); font-weight: 550; margin-bottom: 0.25rem; }
.choice { display: grid; grid-template-columns: 2rem 1fr; align-items: start; margin-bottom: 1rem; }
.choice label { font-weight: 550; margin: 0; }
.choice input { width: 1.35rem; height: 1.35rem; margin: 0.1rem 0 0; }
.choice p { grid-column: 2; margin: 0.25rem 0 0; color: var(--quiet); font-size: 0.95rem; }
fieldset { border: 0; padding: 0; margin: 0 0 1rem; }
legend { font-weight: 600; margin-bottom: 0.5rem; }
section, body.wide main > article { background: var(--pico-background-color); border: 1px solid var(--line); border-radius: 0.75rem; padding: 1.25rem; margin: 0 0 1rem; box-shadow: none; }
section article { background: none; border: 1px solid var(--line); border-width: 1px 0 0; border-radius: 0; box-shadow: none; padding: 1rem 0 0; margin: 0 0 1rem; }
section article form { margin-bottom: 0; }
body.card > main > :last-child, section > :last-child, article > :last-child, article form > :last-child { margin-bottom: 0; }
.for-readers { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--soft); padding: 0.75rem 1rem; border-radius: 0.5rem; font-size: 0.85rem; color: inherit; }
details { border-top: 1px solid var(--line); padding: 0.75rem 0 0; margin: 0 0 0.75rem; }
details h3 { margin-top: 1rem; }
details summary { line-height: 1.6; overflow-wrap: anywhere; }
dd { margin: 0 0 0.75rem; }
pre.mail { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--soft); padding: 1rem; border-radius: 0.5rem; }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
`;
