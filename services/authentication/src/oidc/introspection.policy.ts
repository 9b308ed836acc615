/** Who asks, and about which token: by whom it was got, and for whom it was made. */
type Question = Readonly<{ client: string; serves: readonly string[]; token: Readonly<{ clientId?: string; aud?: string | readonly string[] }> }>;

/** RFC 7662 section 4: a client is told of its own tokens, and a resource server of those that were made for it. */
export const mayIntrospect = ({ client, serves, token }: Question): boolean => token.clientId === client || [token.aud ?? []].flat().some((audience) => audience === client || serves.includes(audience));
