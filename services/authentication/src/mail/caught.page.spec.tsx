import { describe, expect, it } from '@jest/globals';
import { render } from 'preact-render-to-string';
import { CaughtListPage, CaughtMailPage } from './caught.page.js';

const brand = { name: 'Garden Club', logo: undefined, colour: '#123456', colourDark: '#abcdef' };
const origin = 'http://localhost:3000';
const mail = {
  id: '7d1fe4a2-3d3e-4a57-9a6c-0f3b6f6f0001', to: 'ann@example.com', subject: 'Your <code>', at: '2026-01-02T03:04:05.000Z',
  text: `012345\n\n${origin}/register/abc\n\nhttp://localhost:3000.example.com/x`, html: '<script>alert(1)</script>',
};

describe('pages of caught mails', () => {
  const page = render(<CaughtMailPage brand={brand} mail={mail} origin={origin} />);

  it('show the code, and the link so that it can be followed', () => {
    expect(page).toContain('012345');
    expect(page).toContain(`<a href="${origin}/register/abc">${origin}/register/abc</a>`);
  });

  it('let nobody follow what leads elsewhere', () => expect(page).not.toContain('href="http://localhost:3000.example.com'));
  it('never show the HTML of a mail', () => expect(page).not.toContain('script'));
  it('escape subjects', () => expect(render(<CaughtListPage brand={brand} mails={[mail]} />)).toContain('Your &lt;code'));
});
