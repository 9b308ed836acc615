import { text } from '../page/index.js';
import type { Brand } from '../page/index.js';
import { NotRegisteredPage } from './register.page.js';

/** What is shown to somebody who proved that the address is theirs, and still gets no new account. `visit`: the one to go on with. */
export const refusalPage = (because: 'taken' | 'abandoned', { brand, visit }: Readonly<{ brand: Brand; visit?: Readonly<{ uid: string; token: string }> }>) => {
  const uid = visit?.uid;
  const again = because === 'abandoned' && uid !== undefined;
  return NotRegisteredPage({
    brand,
    title: text('register.title'),
    lead: text(`register.${because}`),
    href: uid === undefined ? '/account' : again ? `/i/${uid}/register` : `/i/${uid}?again=1`,
    ...(visit ? { leave: { at: `/i/${visit.uid}`, token: visit.token } } : {}),
    way: text(again ? 'button.create-account' : 'button.sign-in'),
  });
};
