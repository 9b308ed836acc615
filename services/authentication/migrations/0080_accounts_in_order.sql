-- Staff list accounts page by page, in the order in which they registered: the next page begins where the last one ended, without a count.
create index accounts_in_order on authentication.accounts_v1 (registered_at, account);
create index accounts_disabled_in_order on authentication.accounts_v1 (registered_at, account) where disabled;
