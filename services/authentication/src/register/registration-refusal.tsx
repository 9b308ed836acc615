import { text } from '../page/index.js';
import type { Brand } from '../page/index.js';
import { NotRegisteredPage } from './register.page.js';

/** What is shown to somebody who proved that the address is theirs, and still gets no new account. `uid`: the visit to go on with. */
export const refusalPage = (because: 'taken' | 'abandoned', { brand, uid }: Readonly<{ brand: Brand; uid?: string }>) => {
  const again = because === 'abandoned' && uid !== undefined;
  return NotRegisteredPage({
    brand,
    title: text('register.title'),
    lead: text(`register.${because}`),
    href: uid === undefined ? '/account' : again ? `/i/${uid}/register` : `/i/${uid}?again=1`,
    way: text(again ? 'button.create-account' : 'button.sign-in'),
  });
};
