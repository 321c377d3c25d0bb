// Plain SQL, asked past the product: psql over the socket of the private server.
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';

const run = promisify(execFile);

/** Rows of a query. `given` are psql variables: write :'name' in the query. */
export async function rows<Row>(query: string, given: Record<string, string | number> = {}): Promise<Row[]> {
  return JSON.parse(await script(`select coalesce(json_agg(t), '[]') from (${query}) t`, given));
}

/** Runs a command that yields no rows; for what no person could put in place in reasonable time. */
export async function command(sql: string, given: Record<string, string | number> = {}): Promise<void> {
  await script(sql, given);
}

async function script(sql: string, given: Record<string, string | number>): Promise<string> {
  const variables = Object.entries(given).flatMap(([name, value]) => ['-v', `${name}=${value}`]);
  const asked = run(psql(), [
    '-X',
    '-A',
    '-t',
    '-q',
    '-h',
    join(inject('service').data, 'postgres.socket'),
    '-p',
    '5432',
    '-U',
    'lianpian',
    '-d',
    'lianpian',
    '-v',
    'ON_ERROR_STOP=1',
    ...variables,
    '-f',
    '-',
  ]);
  // psql replaces variables only in what it reads as a script.
  asked.child.stdin?.end(sql);
  return (await asked).stdout;
}

/** The one row of a query. */
export async function row<Row>(query: string, given: Record<string, string | number> = {}): Promise<Row> {
  const [first, ...others] = await rows<Row>(query, given);
  if (first === undefined || others.length) throw new Error(`not one row: ${query}`);
  return first;
}

let found: string | undefined;
/** psql of the newest PostgreSQL on this machine; Debian keeps it out of PATH without the wrapper package. */
function psql(): string {
  if (found) return found;
  const home = '/usr/lib/postgresql';
  const versions = existing(home).map(Number).filter(Number.isFinite);
  found = versions.length ? join(home, String(Math.max(...versions)), 'bin/psql') : 'psql';
  return found;
}
function existing(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
