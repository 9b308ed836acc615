-- Scopes at APIs that are not ours: resource → scopes.
alter table consent.authorizations_v1 add column resources jsonb not null default '{}';
