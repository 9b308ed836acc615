-- A security profile that an application follows as a whole: fapi2, or none.
alter table authentication.clients_v1 add column profile text not null default '';
