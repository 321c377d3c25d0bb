-- +goose Up
-- What the register publishes of neighborhoods, for ledgers that name them.
create view published_neighborhood as
select district_code, code, name, subdistrict_code, geom
from neighborhood;
