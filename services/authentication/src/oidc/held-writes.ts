import { Provider } from 'oidc-provider';

/** A statement with its values. */
export type Statement = Readonly<{ text: string; values: readonly unknown[] }>;

/** A row to insert: table and columns, an expression of `$1 …` for each, and what follows. */
export type Write = Readonly<{ into: string; of: string; values: readonly unknown[]; conflict?: string }>;

const held = new WeakMap<object, Write[]>();
const context = (): object | undefined => Provider.ctx as unknown as object | undefined;

/** Keeps a row back until the answer of this request is known. False: there is no request to the provider, so it has to be written at once. */
export function holdBack(write: Write): boolean {
  const ctx = context();
  if (!ctx) return false;
  held.set(ctx, [...(held.get(ctx) ?? []), write]);
  return true;
}

/** The rows that this request keeps back; whoever takes them writes them or drops them. */
export function takeHeld(ctx: object | undefined = context()): readonly Write[] {
  const writes = (ctx && held.get(ctx)) ?? [];
  if (ctx) held.delete(ctx);
  return writes;
}

/** One statement: the rows exist only if `first` returns one. It changes a row for each, so its count says whether they do. */
export function together(first: Statement, writes: readonly Write[]): Statement {
  const values = [...first.values];
  const inserts = writes.map(({ into, of, conflict = '', values: own }) => {
    const shifted = of.replace(/\$(\d+)/g, (_, number: string) => `$${values.length + Number(number)}`);
    values.push(...own);
    return `insert into ${into} select ${shifted} from first ${conflict}`;
  });
  const last = inserts.pop();
  if (last === undefined) return first;
  return { text: `with first as (${first.text})${inserts.map((insert, index) => `, w${index} as (${insert})`).join('')} ${last}`, values };
}

/** A row by itself. */
export const alone = (write: Write): Statement => together({ text: 'select', values: [] }, [write]);
