-- Values are sealed as the event kept them; who set each, when, and how it was verified.
create table profiles.attributes_v1 (
  subject text not null, name text not null, value text, set_by text, verified text, since timestamptz, writable_by text, primary key (subject, name)
);
create table profiles.profiles_v1 (subject text primary key, origin text not null, created_at timestamptz not null);
