import { describe, expect, it } from '@jest/globals';
import { Wakes } from './wakes.js';

const never = new AbortController().signal;
const LONG = 60_000;

describe('workers that wait for work', () => {
  it('are woken by its name, and by no other', async () => {
    const wakes = new Wakes();
    const woken: string[] = [];
    const stop = new AbortController();
    const mails = wakes.woken('mails', LONG, never).then(() => woken.push('mails'));
    const facts = wakes.woken('facts', LONG, stop.signal).then(() => woken.push('facts'));
    wakes.wake('mails');
    await mails;
    expect(woken).toEqual(['mails']);
    stop.abort();
    await facts;
  });

  it('are told of what was written while they were at work, once', async () => {
    const wakes = new Wakes();
    wakes.wake('mails');
    await wakes.woken('mails', LONG, never);
    const started = performance.now();
    await wakes.woken('mails', 30, never);
    expect(performance.now() - started).toBeGreaterThan(20);
  });

  it('look all of them when a connection was lost, for what was said meanwhile was not heard', async () => {
    const wakes = new Wakes();
    const both = Promise.all(['mails', 'facts'].map((work) => wakes.woken(work, LONG, never)));
    wakes.wakeAll();
    await both;
  });

  it('go on at once when they are told to stop', async () => {
    await new Wakes().woken('mails', LONG, AbortSignal.abort());
  });
});
