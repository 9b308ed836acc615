-- Marked by staff: with a role of its user, such an application acts on what is others'.
alter table authentication.clients_v1 add column staff boolean not null default false;
-- Scopes at APIs that are not ours: resource → scopes. What was allowed before this was kept meant our own APIs.
alter table authentication.authorizations_v1 add column resources jsonb not null default '{}';
-- The newest version of a purpose's text that a person answered, with yes or no: nobody is asked twice.
create table authentication.answers_v1 (subject text not null, purpose text not null, text_version integer not null, primary key (subject, purpose));
