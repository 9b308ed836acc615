/** What somebody sees of their own account, and may change. */
export type Overview = Readonly<{
  email: string;
  firstName: string;
  lastName: string;
  purposes: readonly PurposeRow[];
  applications: readonly ApplicationRow[];
}>;

/** `optional`: rests on consent, so that it can be granted and withdrawn. `asked`: the version of the text in force. */
export type PurposeRow = Readonly<{ purpose: string; title: string; text: string; claims: readonly string[]; optional: boolean; granted: boolean; asked: number }>;
export type ApplicationRow = Readonly<{ id: string; name: string; scopes: readonly string[]; since: Date }>;
