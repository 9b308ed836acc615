/**
 * Where the log stood when what an account allowed a client was last withdrawn (`''`: never), as SQL of the two expressions. A grant, code or token that
 * carries an earlier place rests on something that was taken back: it never comes back, whatever is allowed later.
 */
export const WITHDRAWN = (account: string, client: string): string => `coalesce((select w.epoch from authentication.withdrawn_v1 w where w.key = 'authorization ' || ${account}::text || ' ' || ${client}::text), '')`;
