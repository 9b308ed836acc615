import type { Configuration, SitePage, SitePages } from '@symbolon/web';
import type { VNode } from 'preact';
import { pageHeaders, renderPage } from '../page/index.js';
import { ApiPage } from './api.page.js';
import { FailurePage } from './failure.page.js';
import { HomePage } from './home.page.js';

const page = (node: VNode): SitePage => ({ headers: pageHeaders(), body: renderPage(node) });

/** The pages of the process that belong to no flow. */
export const sitePages = ({ brand, issuer, sample }: Pick<Configuration, 'brand' | 'issuer' | 'sample'>): SitePages => ({
  home: () => page(HomePage({ brand, issuer, sample })),
  documents: (documents) => page(ApiPage({ brand, documents })),
  failure: (status, number) => page(FailurePage({ brand, status, number })),
});
