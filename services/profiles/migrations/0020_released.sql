-- What decides whom an attribute is told: purposes and live consents, from consent; what each application declared, from authentication.
create table profiles.purposes_v1 (purpose text primary key, basis text not null, claims text[] not null, text_version integer not null);
create table profiles.consents_v1 (subject text not null, purpose text not null, text_version integer not null, primary key (subject, purpose));
create table profiles.clients_v1 (client_id text primary key, purposes text[] not null, staff boolean not null);
