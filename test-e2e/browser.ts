import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page as Tab } from 'playwright-core';
import { parse } from './html.js';
import type { Page } from './html.js';

/** Somebody before our pages: one tab of one browser. Fields, buttons and links go by the names that people read. */
export type Person = Readonly<{
  visit(address: string): Promise<void>;
  fill(label: string, value: string): Promise<void>;
  tick(label: string): Promise<void>;
  press(button: string | RegExp): Promise<void>;
  follow(link: string): Promise<void>;
  /** All that the page says. */
  text(): Promise<string>;
  /** What stands in a field. */
  value(label: string): Promise<string>;
  address(): string;
  /** Another tab of the same browser. */
  tab(): Promise<Person>;
  close(): Promise<void>;
}>;

/** A kind of browser; every call of `open` is another person with an empty one. */
export type Kind = Readonly<{ kind: string; open(): Promise<Person> }>;

type Cookie = { name: string; value: string; path: string; host: string };

const fits = (name: string, wanted: string | RegExp) => (typeof wanted === 'string' ? name === wanted : wanted.test(name));

/** Cookies as browsers keep them: by host, whatever the port, and by path. */
class Jar {
  #kept: Cookie[] = [];

  keep(url: URL, answers: readonly string[]): void {
    for (const line of answers) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const [name = '', ...value] = pair.split('=');
      const has = (wanted: string) => attributes.find((one) => one.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
      const cookie = { name, value: value.join('='), path: has('path') ?? '/', host: url.hostname };
      const expires = has('max-age') === undefined ? Date.parse(has('expires') ?? '') : Date.now() + 1_000 * Number(has('max-age'));
      this.#kept = this.#kept.filter((one) => one.name !== name || one.path !== cookie.path || one.host !== cookie.host);
      if (Number.isNaN(expires) || expires > Date.now()) this.#kept.push(cookie);
    }
  }

  header(url: URL): string {
    const below = (path: string) => url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
    const sent = this.#kept.filter(({ host, path }) => host === url.hostname && below(path));
    return sent.map(({ name, value }) => `${name}=${value}`).join('; ');
  }
}

/** Speaks HTTP and reads HTML, and nothing else. */
class Reader implements Person {
  #url = new URL('about:blank');
  #page: Page = parse('');

  constructor(private readonly jar = new Jar()) {}

  async #load(url: URL, body?: URLSearchParams): Promise<void> {
    for (let [next, form, left] = [url, body, 20]; left > 0; left--) {
      const headers = { cookie: this.jar.header(next), accept: 'text/html', ...(form ? { origin: this.#url.origin } : {}) };
      const answer = await fetch(next, { redirect: 'manual', headers, ...(form ? { method: 'POST', body: form } : {}) });
      this.jar.keep(next, answer.headers.getSetCookie());
      const location = answer.headers.get('location');
      if (location === null) {
        this.#url = next;
        this.#page = parse(await answer.text());
        return;
      }
      await answer.arrayBuffer();
      [next, form] = [new URL(location, next), undefined];
    }
    throw new Error(`${url.href} redirects without end`);
  }

  #input(label: string) {
    const id = this.#page.labels.get(label);
    const found = this.#page.forms.flatMap(({ inputs }) => inputs).find((one) => id !== undefined && one.id === id);
    if (!found) throw new Error(`no field ${label} at ${this.#url.href}: ${this.#page.text}`);
    return found;
  }

  visit = (address: string) => this.#load(new URL(address));
  async fill(label: string, value: string) {
    const field = this.#input(label);
    if (!field.readonly) field.value = value;
  }
  async tick(label: string) {
    this.#input(label).checked = true;
  }
  async press(button: string | RegExp) {
    const choices = this.#page.forms.flatMap((form) => form.buttons.map((one) => ({ form, one })));
    const chosen = choices.find(({ one }) => fits(one.label, button));
    if (!chosen) throw new Error(`no button ${String(button)} at ${this.#url.href}: ${this.#page.text}`);
    const { form, one } = chosen;
    const sent = form.inputs.filter(({ name, type, checked }) => name !== '' && ((type !== 'checkbox' && type !== 'radio') || checked));
    const body = new URLSearchParams(sent.map(({ name, value }) => [name, value]));
    if (one.name) body.append(one.name, one.value);
    await this.#load(new URL(form.action, this.#url), body);
  }
  async follow(link: string) {
    const found = this.#page.links.find(({ name }) => name === link);
    if (!found) throw new Error(`no link ${link} at ${this.#url.href}: ${this.#page.text}`);
    await this.#load(new URL(found.href, this.#url));
  }
  text = async () => this.#page.text;
  value = async (label: string) => this.#input(label).value;
  address = () => this.#url.href;
  tab = async () => new Reader(this.jar);
  close = async () => {};
}

const LONGEST = 15_000;

/** A tab of Chromium. */
export class Sitter implements Person {
  constructor(
    readonly context: BrowserContext,
    readonly page: Tab,
  ) {
    page.setDefaultTimeout(LONGEST);
  }

  async visit(address: string) {
    await this.page.goto(address);
  }
  fill = (label: string, value: string) => this.page.getByLabel(label, { exact: true }).fill(value);
  tick = (label: string) => this.page.getByLabel(label, { exact: true }).check();
  press = (button: string | RegExp) => this.#leave(() => this.page.getByRole('button', { name: button, exact: true }).first().click());
  follow = (link: string) => this.#leave(() => this.page.getByRole('link', { name: link, exact: true }).first().click());
  text = async () => parse(await this.page.content()).text;
  value = (label: string) => this.page.getByLabel(label, { exact: true }).inputValue();
  address = () => this.page.url();
  tab = async () => new Sitter(this.context, await this.context.newPage());
  close = () => this.context.close();

  /** Every form and link of ours leads to another page. */
  async #leave(act: () => Promise<void>) {
    const loaded = this.page.waitForEvent('load');
    loaded.catch(() => undefined);
    await act();
    await loaded;
  }
}

const systemBrowsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

type Program = Readonly<{ executablePath: string; env: Record<string, string | undefined> }>;

/** The Chromium of npm brings its own libraries, and says where they are in the environment: only Chromium may see that. */
async function findNpms(): Promise<Program> {
  const before = { ...process.env };
  process.env['AWS_LAMBDA_JS_RUNTIME'] = 'nodejs22.x';
  const { default: packed } = await import('@sparticuz/chromium');
  const program = { executablePath: await packed.executablePath(), env: { ...process.env } };
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  return program;
}

/** It says so once, when it is loaded: whoever asks again gets what it said then. */
let npms: Promise<Program> | undefined;
const fromNpm = (): Promise<Program> => (npms ??= findNpms());

const ofTheMachine = [process.env['CHROMIUM_PATH'] ?? '', ...systemBrowsers, chromium.executablePath()].find((path) => path !== '' && existsSync(path));

/** Whether this machine can offer Chromium; known before anything is started, so that a file can say which tests it has. */
export const hasBrowser = ofTheMachine !== undefined || (process.platform === 'linux' && process.arch === 'x64');

async function program(): Promise<Program | undefined> {
  if (ofTheMachine !== undefined) return { executablePath: ofTheMachine, env: { ...process.env } };
  return hasBrowser ? fromNpm() : undefined;
}

/** Chromium; undefined, with the reason printed, where there is none. */
export async function launch(): Promise<Browser | undefined> {
  const found = await program();
  if (!found) {
    console.warn(`no tests in Chromium: there is none for ${process.platform} ${process.arch}. Install one, or name it with CHROMIUM_PATH.`);
    return undefined;
  }
  return chromium.launch({ executablePath: found.executablePath, env: found.env as Record<string, string>, args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'] });
}

/** A person in Chromium. */
export async function sit(browser: Browser, options: Parameters<Browser['newContext']>[0] = {}): Promise<Sitter> {
  const context = await browser.newContext({ locale: 'en', ...options });
  return new Sitter(context, await context.newPage());
}

/** Every kind of browser that this machine can offer; plain HTTP always. `browser` is asked when the first person sits down. */
export const kinds = (browser: () => Browser | undefined): readonly Kind[] => [
  { kind: 'without JavaScript, over plain HTTP', open: async () => new Reader() },
  ...(hasBrowser
    ? [
        { kind: 'in Chromium without JavaScript', open: () => sit(browser()!, { javaScriptEnabled: false }) },
        { kind: 'in Chromium with JavaScript', open: () => sit(browser()!) },
      ]
    : []),
];

/** Plain HTTP alone, for what needs no browser. */
export const reader = (): Person => new Reader();
