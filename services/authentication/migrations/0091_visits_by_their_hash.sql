-- The number of a visit opens it: these columns hold its hash (session/visit-hash.ts). Visits that are on their way go on.
update authentication.registrations set interaction = encode(sha256(convert_to('visit|' || interaction, 'UTF8')), 'hex');
update authentication.recoveries set interaction = encode(sha256(convert_to('visit|' || interaction, 'UTF8')), 'hex') where interaction is not null;
update authentication.sign_in_steps set interaction = encode(sha256(convert_to('visit|' || interaction, 'UTF8')), 'hex');
