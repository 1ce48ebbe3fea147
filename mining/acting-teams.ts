import { ident, sql, type Sql } from '#models/store/sql.ts';
import { belongings, type Firm } from '#models/views/firm.ts';

/**
 * Who does what for a project: of each function the team that acts most in it; where none did yet, the one that acts
 * most in projects of its region and legal entity.
 *
 * @param projects a relation with `object_no`
 * @returns (project_no, function, team), the team by name
 */
export function actingTeams(firm: Firm, projects: Sql): Sql {
  return sql`
    with belonging as materialized (${belongings(firm)}), acting as materialized (
      select s.case_no, t.function, s.team, count(*) as n
      from ${ident(firm.projects.segments)} s join ${ident(firm.teams)} t on t.team = s.team
      where t.function is not null group by all
    ), around as (
      select function, region, legal_entity, arg_max(team, (n, team)) as team from (
        select a.function, b.region, b.legal_entity, a.team, sum(a.n) as n
        from acting a join belonging b using (case_no) group by all
      ) group by all
    ), own as (
      select case_no, function, arg_max(team, (n, team)) as team from acting group by all
    )
    select p.object_no as project_no, r.function, t.value as team
    from ${projects} p
    join belonging b on b.case_no = p.object_no
    join around r on r.region is not distinct from b.region and r.legal_entity is not distinct from b.legal_entity
    left join own o on o.case_no = p.object_no and o.function = r.function
    join (select id, value from term where log_id = ${firm.logId} and kind = 'team') t on t.id = coalesce(o.team, r.team)`;
}
