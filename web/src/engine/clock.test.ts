import { beforeEach, describe, expect, it } from "vitest";
import { Clock, type Player } from "./clock";

class FakePlayer implements Player {
  currentTime = 0;
  playbackRate = 1;
  paused = true;
  play() {
    this.paused = false;
  }
  pause() {
    this.paused = true;
  }
}

describe("the clock", () => {
  let frames: (() => void)[];
  let player: FakePlayer;
  let clock: Clock;
  let heard: number[];

  const frame = (time: number) => {
    player.currentTime = time;
    const due = frames;
    frames = [];
    for (const run of due) run();
  };

  beforeEach(() => {
    frames = [];
    player = new FakePlayer();
    clock = new Clock(10, {
      request: (run) => frames.push(run),
      cancel: () => {
        frames = [];
      },
    });
    clock.attach(player);
    heard = [];
    clock.onTime((time) => heard.push(time));
  });

  it("tells each frame once, and asks for none while it stands", () => {
    expect(frames).toHaveLength(0);
    void clock.play();
    frame(0.5);
    frame(0.6);
    expect(heard).toEqual([0, 0.5, 0.6]);
    clock.pause();
    expect(frames).toHaveLength(0);
    expect(player.paused).toBe(true);
  });

  it("goes round a loop", () => {
    clock.setLoop({ start: 2, end: 4 });
    clock.seek(3);
    void clock.play();
    frame(4.01);
    expect(player.currentTime).toBe(2);
    expect(clock.playing).toBe(true);
  });

  it("stops at the song's end, and begins again from there", () => {
    clock.seek(9.9);
    void clock.play();
    frame(10);
    expect(clock.playing).toBe(false);
    void clock.play();
    expect(player.currentTime).toBe(0);
  });

  it("shuttles as editors do", () => {
    clock.seek(5);
    clock.shuttle(1);
    clock.shuttle(1);
    clock.shuttle(1);
    clock.shuttle(1);
    expect(clock.rate).toBe(4);
    clock.shuttle(-1);
    expect(clock.rate).toBe(2);
    clock.pause();
    clock.shuttle(-1);
    expect(clock.time).toBe(3);
  });

  it("stays inside the song, and tells of each jump", () => {
    clock.seek(99);
    clock.seek(-3);
    expect(heard).toEqual([0, 10, 0]);
  });

  it("is not playing where the browser does not let it", async () => {
    player.play = () => Promise.reject(new Error("gesture"));
    await clock.play();
    expect(clock.playing).toBe(false);
  });
});
