import { Layout, text } from '../page/index.js';
import type { Brand } from '../page/index.js';

const kindOf = (status: number) => (status === 404 ? 'nothing' : status >= 500 ? 'failure' : 'refused') as 'nothing' | 'failure' | 'refused';

/** What a browser is shown where a program gets a problem. The number finds the request in the log. */
export const FailurePage = ({ brand, status, number }: Readonly<{ brand: Brand; status: number; number: string }>) => (
  <Layout brand={brand} title={text(`${kindOf(status)}.title`)}>
    <p>{text(`${kindOf(status)}.lead`)}</p>
    {status >= 500 && <p>{text('failure.number', { id: number })}</p>}
    <p>
      <a href="/">{text('failure.home')}</a>
    </p>
  </Layout>
);
