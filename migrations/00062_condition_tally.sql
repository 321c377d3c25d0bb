-- +goose Up
-- How many lines of the condition checklist of a community are done, kept with
-- every write: lists of files would count 200,000 rows each time.
create table condition_tally (
    community_id bigint not null references community (id) on delete cascade,
    policy_key   text not null,
    items        integer not null,                          -- of the catalogue, with any result
    standards    integer not null,                          -- of the management standard
    missing      integer not null,                          -- items
    faulty       integer not null,
    primary key (community_id, policy_key)
);
-- +goose StatementBegin
create function tally_conditions() returns trigger language plpgsql as $$
begin
    delete from condition_tally t
    using (select distinct community_id, policy_key from touched) x
    where t.community_id = x.community_id and t.policy_key = x.policy_key;
    insert into condition_tally (community_id, policy_key, items, standards, missing, faulty)
    select k.community_id, k.policy_key,
           count(*) filter (where k.kind = 'item'), count(*) filter (where k.kind = 'management'),
           count(*) filter (where k.kind = 'item' and k.result = 'missing'),
           count(*) filter (where k.kind = 'item' and k.result = 'faulty')
    from condition_check k
    join (select distinct community_id, policy_key from touched) x on x.community_id = k.community_id and x.policy_key = k.policy_key
    group by k.community_id, k.policy_key;
    return null;
end
$$;
-- +goose StatementEnd
create trigger tally_new_conditions after insert on condition_check
referencing new table as touched for each statement execute function tally_conditions();
create trigger tally_changed_conditions after update on condition_check
referencing new table as touched for each statement execute function tally_conditions();
create trigger tally_gone_conditions after delete on condition_check
referencing old table as touched for each statement execute function tally_conditions();

insert into condition_tally (community_id, policy_key, items, standards, missing, faulty)
select community_id, policy_key,
       count(*) filter (where kind = 'item'), count(*) filter (where kind = 'management'),
       count(*) filter (where kind = 'item' and result = 'missing'), count(*) filter (where kind = 'item' and result = 'faulty')
from condition_check
group by community_id, policy_key;

create view published_condition_tally as
select community_id, policy_key, items, standards, missing, faulty
from condition_tally;
