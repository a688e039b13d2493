import { describe, expect, it } from 'vitest';
import { EventQueue } from '../event_queue.ts';
import { Random } from '../random.ts';
import { SimulatedNetwork } from './network.ts';
import { HEALTHY_NETWORK, type NetworkParameters } from './parameters.ts';

function setUp(parameters: Partial<NetworkParameters>) {
  const queue = new EventQueue();
  const arrived: { to: number; from: number; first: number; atMs: number }[] = [];
  const network = new SimulatedNetwork(
    queue,
    new Random('net'),
    { ...HEALTHY_NETWORK, ...parameters },
    3,
    (to, from, bytes) => arrived.push({ to, from, first: bytes[0] ?? -1, atMs: queue.nowMs }),
  );
  const send = (from: number, to: number, count: number) => {
    for (let at = 0; at < count; at++) network.send(from, to, Uint8Array.of(at));
  };
  const run = (untilMs: number) => {
    while (queue.runNext(untilMs));
  };
  return { network, arrived, send, run };
}

describe('SimulatedNetwork', () => {
  it('reorders unless links are ordered', () => {
    for (const ordered of [false, true]) {
      const { send, run, arrived } = setUp({ ordered, delayMeanMs: 50 });
      send(0, 1, 100);
      run(10_000);
      const order = arrived.map(({ first }) => first);
      const sorted = [...order].sort((a, b) => a - b);
      expect(order.length).toBe(100);
      expect(order.join() === sorted.join()).toBe(ordered);
    }
  });

  it('loses, duplicates and replays about as often as asked', () => {
    const lossy = setUp({ loss: 0.3 });
    lossy.send(0, 1, 200);
    lossy.run(10_000);
    expect(lossy.arrived.length).toBeGreaterThan(100);
    expect(lossy.arrived.length).toBeLessThan(180);

    const repeating = setUp({ duplicate: 0.5, replay: 0.1, replayWithinMs: 60_000 });
    repeating.send(0, 1, 200);
    repeating.run(100_000);
    const { duplicated, replayed } = repeating.network.counts;
    expect(repeating.arrived.length).toBe(200 + duplicated + replayed);
    expect(replayed).toBeGreaterThan(5);
    expect(Math.max(...repeating.arrived.map(({ atMs }) => atMs))).toBeGreaterThan(5_000);
  });

  it('cuts one direction, also under messages in flight, until it is healed', () => {
    const { network, send, run, arrived } = setUp({});
    send(0, 1, 1);
    const heal = network.cut([[0, 1]]);
    const healOther = network.cut([[0, 1]]);
    send(0, 1, 5);
    send(1, 0, 1);
    run(100);
    expect(arrived.map(({ to }) => to)).toEqual([0]);
    heal();
    heal();
    send(0, 1, 1);
    run(200);
    expect(arrived.length).toBe(1);
    healOther();
    send(0, 1, 1);
    run(300);
    expect(arrived.length).toBe(2);
  });

  it('holds messages back on a clogged link and bounds what is in flight', () => {
    const { network, send, run, arrived } = setUp({ queueMax: 20 });
    network.clog(0, 1, 5_000);
    send(0, 1, 50);
    run(4_999);
    expect(arrived.length).toBe(0);
    run(6_000);
    expect(arrived.length).toBe(20);
  });

  it('loses what is under way when a connection closes, and nothing after', () => {
    const { network, send, run, arrived } = setUp({});
    send(0, 1, 3);
    send(1, 0, 1);
    network.reset(0, 1);
    send(0, 1, 2);
    run(100);
    expect(arrived.filter(({ to }) => to === 1).length).toBe(2);
    expect(arrived.filter(({ to }) => to === 0).length).toBe(1);
  });

  it('drops what a filter matches, or holds it until the filter ends', () => {
    const { network, send, run, arrived } = setUp({ ordered: true });
    const pass = network.filter((from, _to, bytes) => from === 0 && bytes[0] === 1, 'drop');
    const release = network.filter((_from, to) => to === 2, 'hold');
    send(0, 1, 3);
    send(0, 2, 3);
    run(100);
    expect(arrived.map(({ to, first }) => [to, first])).toEqual([
      [1, 0],
      [1, 2],
    ]);
    release();
    release();
    pass();
    send(0, 1, 2);
    run(200);
    expect(arrived.filter(({ to }) => to === 2).map(({ first }) => first)).toEqual([0, 2]);
    expect(arrived.filter(({ to }) => to === 1).length).toBe(4);
    expect(network.counts.held).toBe(2);
  });

  it('damages messages without touching what the sender keeps', () => {
    const queue = new EventQueue();
    const arrived: Uint8Array[] = [];
    const network = new SimulatedNetwork(
      queue,
      new Random('damage'),
      { ...HEALTHY_NETWORK, damaged: 0.5 },
      2,
      (_to, _from, bytes) => arrived.push(bytes),
    );
    const sent = Uint8Array.from({ length: 40 }, (_, at) => at);
    for (let count = 0; count < 100; count++) network.send(0, 1, sent);
    while (queue.runNext(1_000));
    const whole = arrived.filter((bytes) => bytes.join() === sent.join()).length;
    expect(sent).toEqual(Uint8Array.from({ length: 40 }, (_, at) => at));
    expect(network.counts.damaged).toBe(100 - whole);
    expect(whole).toBeGreaterThan(20);
    expect(whole).toBeLessThan(80);
  });
});
