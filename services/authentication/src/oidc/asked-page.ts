import type { Interaction } from './identity-provider.js';

/** The parameter of an authorization request by which our own pages lead to another page of the visit than its first. */
export const ASKED_PAGE = 'symbolon_page';

/** Whether the visit is meant to begin at the page for a forgotten password. */
export const asksToRecover = ({ params }: Pick<Interaction, 'params'>): boolean => params[ASKED_PAGE] === 'recover';
