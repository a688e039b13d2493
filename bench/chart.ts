import type { RequestFigures } from './quorum/requests.ts';

const WIDTH = 760;
const HEIGHT = 380;
const LEFT = 70;
const BOTTOM = 60;
const TOP = 60;

const SERIES = [
  { name: 'Safekeeper, HTTP/JSON', color: '#1b6ca8', of: (its: RequestFigures) => its.safekeeper.perSecond },
  { name: 'etcd, HTTP/JSON gateway', color: '#c0782a', of: (its: RequestFigures) => its.etcdGateway.perSecond },
  { name: 'etcd, gRPC', color: '#8a8a8a', of: (its: RequestFigures) => its.etcdGrpc.perSecond },
] as const;

/** Requests a second by how many are open, as bars with the spread of the rounds, in SVG. */
export function requestsChart(figures: readonly RequestFigures[], peer: string): string {
  const most = Math.max(...figures.flatMap((its) => SERIES.map(({ of }) => of(its).most)));
  const step = niceStep(most / 5);
  const ceiling = Math.ceil(most / step) * step;
  const y = (value: number): number => HEIGHT - BOTTOM - (value / ceiling) * (HEIGHT - BOTTOM - TOP);
  const group = (WIDTH - LEFT - 20) / figures.length;
  const bar = (group * 0.8) / SERIES.length;
  const lines: string[] = [];
  for (let value = 0; value <= ceiling; value += step) {
    lines.push(
      `<line x1="${LEFT}" x2="${WIDTH - 20}" y1="${y(value)}" y2="${y(value)}" stroke="#ddd"/>`,
      `<text x="${LEFT - 8}" y="${y(value) + 4}" text-anchor="end">${value.toLocaleString('en-US')}</text>`,
    );
  }
  figures.forEach((its, place) => {
    const begin = LEFT + place * group + group * 0.1;
    SERIES.forEach(({ of, color }, nth) => {
      const { median, least, most: highest } = of(its);
      const x = begin + nth * bar;
      const middle = x + bar / 2 - 1;
      lines.push(
        `<rect x="${x}" y="${y(median)}" width="${bar - 2}" height="${y(0) - y(median)}" fill="${color}"/>`,
        `<line x1="${middle}" x2="${middle}" y1="${y(highest)}" y2="${y(least)}" stroke="#222"/>`,
      );
    });
    const label = `${its.connections} open (${its.ratio.median.toFixed(1)}x)`;
    lines.push(`<text x="${begin + group * 0.4}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${label}</text>`);
  });
  SERIES.forEach(({ name, color }, nth) => {
    const x = LEFT + nth * 220;
    lines.push(
      `<rect x="${x}" y="34" width="12" height="12" fill="${color}"/><text x="${x + 18}" y="45">${name}</text>`,
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">
<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>
<text x="${LEFT}" y="20" font-weight="bold">Writes a second that three replicas acknowledged, one a request, 128 bytes each</text>
${lines.join('\n')}
<text x="${LEFT}" y="${HEIGHT - 12}" fill="#666">Bars: medians of interleaved rounds; lines: least to most. Beside ${peer}.</text>
</svg>
`;
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(about: number): number {
  const power = 10 ** Math.floor(Math.log10(about));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= about) ?? 10);
}
