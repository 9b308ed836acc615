/** The client of our own pages: its tokens live a minute, for one person before one page, and are given to nobody. */
const OUR_PAGES = 'account';

/** Who sends a consent, and what of it. */
type Given = Readonly<{ caller: string; clientId: string; proven: boolean }>;

export type GivingFault = 'consent/our_pages_only' | 'consent/proof_needed' | 'consent/other_client';

export const isOurPages = (client: string): boolean => client === OUR_PAGES;

/** Who lets an application in: the person before our own pages, and no application for them, not even with their token. */
export const authorizingFault = (caller: string): GivingFault | undefined => (isOurPages(caller) ? undefined : 'consent/our_pages_only');

/** A consent is given on our own pages, or at an application that may record it, for itself, with the proof of what it showed. */
export function recordingFault({ caller, clientId, proven }: Given): GivingFault | undefined {
  if (isOurPages(caller)) return undefined;
  if (clientId !== '' && clientId !== caller) return 'consent/other_client';
  return proven ? undefined : 'consent/proof_needed';
}
