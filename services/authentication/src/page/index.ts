export { Layout, Notice } from './layout.js';
export type { Brand } from './layout.js';
export { Button, Field, Form } from './form.js';
export { LANGUAGE, text } from './messages.js';
export type { MessageKey } from './messages.js';
export { pageHeaders, renderPage, sendPage } from './send-page.js';
export type { PageOptions } from './send-page.js';
export { FormTokens } from './form-token.js';
