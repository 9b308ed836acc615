/** The embedded server cannot start; the message is one sentence about why and one about the way out. */
export class EmbeddedServerRefused extends Error {
  override readonly name = 'EmbeddedServerRefused';
  constructor(
    readonly rule: 'no_binaries' | 'data_in_use' | 'disk_full' | 'not_writable' | 'other_version' | 'did_not_start',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
