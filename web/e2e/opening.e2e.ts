import { expect, test } from 'vitest';
import { address, countPixels, given, river, then, when } from './driver';

// Colours of the style: what a person must be able to see on the first map.
const water = [201, 214, 223] as const;
const road = [255, 255, 255] as const;
const community = [31, 99, 155] as const;

// The goal is 1.5 s for a person whose machine has a graphics card and does nothing
// else. Here WebGL is drawn by the processor, and other work may share it: what a bare
// context with a few shaders costs at this moment is taken off, and how long a fixed
// piece of work takes, compared with a quiet machine, stretches the goal. All figures are printed.
test('the first map is there within 1.5 s of opening the page', async () => {
  const desk = await given.planner(); // the service is warm, the browser has seen the page once
  const context = desk.page.context();
  await desk.page.close();
  const tries: { shown: number; webGL: number; slowed: number }[] = [];
  const within = (t: (typeof tries)[number]) => t.shown - t.webGL < 1500 * t.slowed;
  // A machine that does something else meanwhile gets more than one try.
  while (tries.length < 10 && !tries.some(within)) {
    const blank = await context.newPage();
    await blank.goto(new URL('/healthz', address('registry')).href);
    const webGL = await blank.evaluate(bareWebGL);
    await blank.close();
    const slowed = await given.slowed(context);
    const page = await context.newPage();
    await page.goto(address('registry'));
    tries.push({ shown: await when.firstMap({ ...desk, page }), webGL, slowed });
    await page.close();
  }
  const each = (of: (t: (typeof tries)[number]) => number | string) => tries.map(of).join(', ');
  console.log(
    `first map: ${each((t) => t.shown)} ms; of that bare software WebGL: ${each((t) => t.webGL)} ms; ` +
      `the machine takes ${each((t) => t.slowed.toFixed(2))} times as long as when it is quiet`,
  );
  expect(tries.filter(within)).not.toEqual([]);
});

/** Milliseconds for a WebGL context and eight small programs, in the page. */
function bareWebGL(): number {
  const begun = performance.now();
  const gl = document.createElement('canvas').getContext('webgl2');
  if (!gl) throw new Error('no WebGL');
  const shader = (type: number, source: string) => {
    const made = gl.createShader(type);
    if (!made) throw new Error('no shader');
    gl.shaderSource(made, source);
    gl.compileShader(made);
    return made;
  };
  for (let i = 0; i < 8; i++) {
    const program = gl.createProgram();
    const unlike = (begun + i).toFixed(3); // so that no cache knows the program
    const vertex = `#version 300 es
      in vec2 p; uniform mat4 m; out vec2 q;
      void main() { q = p * ${unlike}; gl_Position = m * vec4(p, 0.0, 1.0); }`;
    const fragment = `#version 300 es
      precision mediump float; in vec2 q; uniform vec4 c; out vec4 o;
      void main() { o = c * (0.5 + 0.5 * sin(q.x)); }`;
    gl.attachShader(program, shader(gl.VERTEX_SHADER, vertex));
    gl.attachShader(program, shader(gl.FRAGMENT_SHADER, fragment));
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error('no program');
    // biome-ignore lint/correctness/useHookAtTopLevel: WebGL, not React
    gl.useProgram(program);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }
  gl.finish();
  return Math.round(performance.now() - begun);
}

test('the map draws water, roads, buildings and communities', async () => {
  const desk = await given.planner({ place: river });
  await then.paints(desk, water, 5000, 4);
  await then.paints(desk, road, 1000, 2);
  await then.paints(desk, community, 50, 24);

  await when.open(desk, 'registry', { lng: 121.5065, lat: 31.2365, zoom: 16 });
  const brownish = (c: readonly number[]) => {
    const [r = 0, g = 0, b = 0] = c;
    return r >= g && g >= b && r - b >= 8 && r - b <= 30 && r >= 130 && r <= 222;
  };
  await expect.poll(async () => countPixels(await then.mapPicture(desk), brownish)).toBeGreaterThan(4000);
});

test('dark theme paints the map dark and is remembered', async () => {
  const desk = await given.planner({ place: river });
  await desk.get('toggle-theme').click();
  const dark = (c: readonly number[]) => c.every((v) => v < 110);
  await expect
    .poll(
      async () =>
        countPixels(await then.mapPicture(desk), dark, 4) /
        countPixels(await then.mapPicture(desk), () => true, 4),
      {
        timeout: 45_000,
      },
    )
    .toBeGreaterThan(0.7);
  await desk.page.reload();
  await when.firstMap(desk);
  expect(await desk.page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
});
