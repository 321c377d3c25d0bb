// Starts the service for the end-to-end tests: the real binary with the demo
// district in a fresh data directory. It never touches another data directory.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { client, startProvider } from './driver/provider';

/** What tests know of the running service. */
export interface Service {
  /** Address of the service, without a slash at the end. */
  url: string;
  /** The one-time sign-in link of the first administrator; one test uses it. */
  link: string;
  /** Cookie of a second administrator, who makes the accounts that tests need. */
  keeper: string;
  /** Data directory, which holds the private database. */
  data: string;
  /** Address of the OpenID Connect provider that people may sign in with. */
  provider: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    service: Service;
  }
}

const binary = resolve(import.meta.dirname, '../../bin/lianpian');

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const data = await mkdtemp(join(tmpdir(), 'lianpian-e2e-'));
  await chmod(data, 0o755);
  const provider = await startProvider();
  const child = spawn(binary, ['serve', '--demo', '--listen', '127.0.0.1:0', '--data-dir', data], {
    env: {
      ...process.env,
      DATABASE_URL: '',
      LIANPIAN_LOG_LEVEL: 'warn',
      LIANPIAN_OIDC_ISSUER: provider.issuer,
      LIANPIAN_OIDC_CLIENT_ID: client.id,
      LIANPIAN_OIDC_CLIENT_SECRET: client.secret,
      LIANPIAN_OIDC_LABEL: '市统一身份认证',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) {
      const ended = new Promise<void>((done) => child.once('exit', () => done()));
      child.kill('SIGINT');
      await ended;
    }
    await provider.stop();
    await rm(data, { recursive: true, force: true });
  };
  try {
    const { url, link } = await firstWords(child);
    project.provide('service', {
      url,
      link,
      data,
      provider: provider.issuer,
      keeper: await keeperOf(url, data),
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** Waits until the service has printed its address and the sign-in link. */
function firstWords(child: ChildProcess): Promise<{ url: string; link: string }> {
  return new Promise((done, fail) => {
    let text = '';
    const late = setTimeout(() => fail(new Error(`the service is not ready after 180 s:\n${text}`)), 180_000);
    child.once('exit', (code) => {
      clearTimeout(late);
      fail(new Error(`the service ended with code ${code}:\n${text}`));
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const link = /(http\S+)\/sign-in\?token=\S+/.exec(text);
      if (link?.[1] && text.includes('Ctrl-C')) {
        clearTimeout(late);
        done({ url: link[1], link: link[0] });
      }
    });
  });
}

/** An administrator made on the command line; the link is exchanged for a cookie at once. */
async function keeperOf(url: string, data: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    binary,
    ['user', 'add', 'keeper', '--role', 'administrator', '--data-dir', data, '--base-url', url],
    { env: { ...process.env, DATABASE_URL: '', LIANPIAN_LOG_LEVEL: 'warn' } },
  );
  const token = /token=(\S+)/.exec(stdout)?.[1];
  const answer = await fetch(`${url}/api/v1/session/link`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0];
  if (!answer.ok || !cookie) throw new Error(`sign in the keeper: ${answer.status} ${await answer.text()}`);
  return cookie;
}
