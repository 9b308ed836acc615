/** The little of a page that a person needs who has no browser: what it says, its links and its forms. */
export type Page = Readonly<{ text: string; links: readonly Link[]; forms: readonly Form[]; labels: ReadonlyMap<string, string>; title: string }>;
export type Link = Readonly<{ name: string; href: string }>;
export type Form = Readonly<{ id: string; action: string; method: string; inputs: Input[]; buttons: Button[] }>;
export type Input = { id: string; name: string; type: string; value: string; checked: boolean; readonly: boolean };
export type Button = Readonly<{ name: string; value: string; label: string }>;

type Attributes = Readonly<Record<string, string>>;

const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s+[^\s=>/]+(?:="[^"]*"|='[^']*'|=[^\s>]+)?)*)\s*\/?>/gi;
const ATTRIBUTE = /([^\s=>/]+)(?:=(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

const decode = (text: string) => text.replaceAll(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => (hex ? String.fromCodePoint(parseInt(hex, 16)) : decimal ? String.fromCodePoint(Number(decimal)) : (NAMED[name] ?? whole)));
const words = (html: string) => decode(html.replaceAll(/<[^>]*>/g, ' ')).replaceAll(/\s+/g, ' ').trim();

function attributesOf(source: string): Attributes {
  const found = [...source.matchAll(ATTRIBUTE)].map(([, name = '', double, single, bare]) => [name.toLowerCase(), decode(double ?? single ?? bare ?? '')] as const);
  return Object.fromEntries(found);
}

/** Everything from this tag to its end, without tags. */
const inside = (html: string, from: number, tag: string) => words(html.slice(from, html.indexOf(`</${tag}`, from)));

const input = (has: Attributes): Input => ({ id: has['id'] ?? '', name: has['name'] ?? '', type: has['type'] ?? 'text', value: has['value'] ?? '', checked: 'checked' in has, readonly: 'readonly' in has });

export function parse(html: string): Page {
  const body = html.slice(Math.max(0, html.search(/<body/i))).replaceAll(/<(script|style)[\s\S]*?<\/\1>/gi, '');
  const [links, forms, labels]: [Link[], Form[], Map<string, string>] = [[], [], new Map()];
  let open: Form | undefined;
  for (const match of body.matchAll(TAG)) {
    const [whole, close, name = '', source = ''] = match;
    const [tag, has, after] = [name.toLowerCase(), attributesOf(source), match.index + whole.length];
    if (tag === 'form') open = close ? undefined : { id: has['id'] ?? '', action: has['action'] ?? '', method: has['method'] ?? 'get', inputs: [], buttons: [] };
    if (tag === 'form' && open) forms.push(open);
    if (close) continue;
    const form = has['form'] === undefined ? open : forms.find(({ id }) => id === has['form']);
    if (tag === 'input') form?.inputs.push(input(has));
    if (tag === 'label') labels.set(inside(body, after, 'label'), has['for'] ?? '');
    if (tag === 'a') links.push({ name: inside(body, after, 'a'), href: has['href'] ?? '' });
    if (tag === 'button') form?.buttons.push({ name: has['name'] ?? '', value: has['value'] ?? '', label: has['aria-label'] ?? inside(body, after, 'button') });
  }
  return { text: words(body), links, forms, labels, title: words(/<title>([\s\S]*?)<\/title>/.exec(html)?.[1] ?? '') };
}
