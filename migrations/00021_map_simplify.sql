-- +goose Up
-- Fewer points for a small scale. Douglas-Peucker (ST_Simplify) takes quadratic
-- time on shapes that zigzag: 42 s for one valid comb of 200,000 points, where
-- Visvalingam-Whyatt takes 0.2 s. On ordinary shapes the former is quicker and
-- truer.
-- +goose StatementBegin
create function map_simplify(shape geometry, tolerance double precision) returns geometry
language sql immutable parallel safe as $$
    select case
        when ST_NPoints(shape) > 5000 then ST_SimplifyVW(shape, tolerance * tolerance)
        else ST_Simplify(shape, tolerance, true)
    end
$$;
-- +goose StatementEnd
