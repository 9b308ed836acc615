import { Controller, Get, Redirect } from '@nestjs/common';

/** Addresses that browsers and password stores know (RFC 8615). */
@Controller('.well-known')
export class WellKnownController {
  /** A Well-Known URL for Changing Passwords (W3C). */
  @Get('change-password')
  @Redirect('/account/password', 302)
  changePassword(): void {}
}
