-- +goose Up
-- A step that a milestone of the project's progress does is done on its day.
create or replace view published_approval_step as
select s.project_id, s.key, s.place, s.name, s.need, s.outcome, s.clause, s.department, s.due_on,
       coalesce(m.on_date, s.done_on) as done_on, s.document_no, s.kind, s.change
from approval_step s
left join published_milestone m on m.project_id = s.project_id and m.kind = s.milestone;
