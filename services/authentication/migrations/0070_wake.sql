-- Workers are woken with the commit that gives them work; their own slow look stays behind it.
create trigger wake after insert on authentication.mails for each row execute function es.wake();
create trigger wake after insert on authentication.facts for each row execute function es.wake();
create trigger wake after insert or update or delete on authentication.signing_keys for each row execute function es.wake();
