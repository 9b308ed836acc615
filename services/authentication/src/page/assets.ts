import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Brand } from './layout.js';
import { stylesheet } from './stylesheet.js';

const pico = () => readFileSync(createRequire(import.meta.url).resolve('@picocss/pico/css/pico.classless.min.css'), 'utf8');

let made: Readonly<{ brand: Brand; path: string; css: string }> | undefined;

/** The one stylesheet with the organisation's colours. Its path changes with its content, so that browsers may keep it for ever. */
export function assets(brand: Brand): Readonly<{ path: string; css: string }> {
  if (made?.brand !== brand) {
    const css = `${pico()}\n${stylesheet(brand)}`;
    made = { brand, css, path: `/assets/${createHash('sha256').update(css).digest('hex').slice(0, 16)}.css` };
  }
  return made;
}
