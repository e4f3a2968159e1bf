#!/usr/bin/env python3
"""Renders made-up songs and roughens the sound: equaliser, noise, band limit, loudness, saturation.

    render_songs.py SONG_FOLDER WAV_FOLDER [-j JOBS] [--command CMD]

CMD is run on each WAV, which is deleted afterwards: `features OUT_FOLDER` for the training, so that the songs
need no room. Needs fluidsynth, numpy, scipy and three General MIDI sound fonts (Debian: fluidsynth fluid-soundfont-gm
timgm6mb-soundfont musescore-general-soundfont); only their sound is used, nothing of them is kept.
"""
import argparse, ctypes, ctypes.util, json, multiprocessing, shlex, subprocess, sys, wave
from pathlib import Path
import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

RATE = 22050   # what the analysis listens to

FONTS = {'FluidR3_GM': 'sf2/FluidR3_GM.sf2', 'TimGM6mb': 'sf2/TimGM6mb.sf2', 'MuseScore_General': 'sf3/MuseScore_General.sf3'}


def roughen(x, r):
    """x: mono at RATE."""
    size = next_fast_len(len(x) + RATE, real=True)
    if r.random() < .6:
        spectrum = rfft(x, size)
        f = np.maximum(20, np.fft.rfftfreq(size, 1 / RATE)).astype(np.float32)
        gain = np.zeros(len(f), np.float32)
        for _ in range(3):
            centre, width, db = np.exp(r.uniform(np.log(40), np.log(12000))), r.uniform(.5, 2), r.uniform(-9, 9)
            gain += db * np.exp(-.5 * (np.log2(f / centre) / width) ** 2)
        gain += r.uniform(-1.5, 1.5) * np.log2(f / 1000)
        if r.random() < .2:
            gain -= 12 * np.maximum(0, np.log2(f / r.uniform(3000, 9000)))
        if r.random() < .15:
            gain -= 12 * np.maximum(0, np.log2(r.uniform(60, 150) / f))
        x = irfft(spectrum * (10 ** (gain / 20)).astype(np.float32), size)[:len(x)]
    if r.random() < .25:
        # a small room
        n = int(RATE * r.uniform(.2, 1))
        tail = (r.normal(0, 1, n) * np.exp(-np.arange(n) / n * 6.9) * r.uniform(.01, .05)).astype(np.float32)
        wet = irfft(rfft(x, size) * rfft(tail, size), size)[:len(x)]
        x = x + wet
    if r.random() < .4:
        noise = r.standard_normal(len(x), np.float32)
        if r.random() < .5:
            noise = np.cumsum(noise - noise.mean(), 0)
            noise = noise - np.linspace(noise[0], noise[-1], len(noise))
            noise /= noise.std()
        x = x + noise * np.sqrt((x ** 2).mean()) * np.float32(10 ** (-r.uniform(25, 50) / 20))
    return x


class Synth:
    """libfluidsynth with a sound font loaded once."""
    def __init__(self, font):
        self.lib = lib = ctypes.CDLL(ctypes.util.find_library('fluidsynth'))
        for name in ('new_fluid_settings', 'new_fluid_synth'):
            getattr(lib, name).restype = ctypes.c_void_p
        self.settings = ctypes.c_void_p(lib.new_fluid_settings())
        lib.fluid_settings_setnum(self.settings, b'synth.sample-rate', ctypes.c_double(RATE))
        lib.fluid_settings_setint(self.settings, b'synth.chorus.active', 0)
        self.synth = ctypes.c_void_p(lib.new_fluid_synth(self.settings))
        if lib.fluid_synth_sfload(self.synth, font.encode(), 1) < 0:
            sys.exit(f'cannot load {font}')

    def render(self, midi, seconds, gain, reverb):
        lib, synth = self.lib, self.synth
        lib.fluid_synth_system_reset(synth)
        lib.fluid_synth_set_gain(synth, ctypes.c_float(gain))
        lib.fluid_synth_set_reverb_on(synth, int(reverb))
        total = int(seconds * RATE)
        out = np.zeros(total, np.float32)
        done = 0

        def run(until):
            nonlocal done
            n = min(until, total) - done
            if n > 0:
                left, right = np.zeros(n, np.float32), np.zeros(n, np.float32)
                lib.fluid_synth_write_float(synth, n, left.ctypes.data_as(ctypes.c_void_p), 0, 1, right.ctypes.data_as(ctypes.c_void_p), 0, 1)
                out[done:done + n] = (left + right) / 2
                done += n
        for time, status, a, b in events(midi):
            run(int(time * RATE))
            channel = status & 15
            kind = status >> 4
            if kind == 9 and b:
                lib.fluid_synth_noteon(synth, channel, a, b)
            elif kind in (8, 9):
                lib.fluid_synth_noteoff(synth, channel, a)
            elif kind == 11:
                lib.fluid_synth_cc(synth, channel, a, b)
            elif kind == 12:
                lib.fluid_synth_program_change(synth, channel, a)
        run(total)
        return out


def events(midi):
    """(seconds, status, data, data) of a file as songs.py writes it: one track at 120 quarter notes a minute."""
    data = midi.read_bytes()
    division = int.from_bytes(data[12:14], 'big')
    at, now = 22, 0
    while at < len(data):
        delta = 0
        while True:
            byte = data[at]
            at += 1
            delta = delta << 7 | byte & 127
            if byte < 128:
                break
        now += delta
        status = data[at]
        if status == 0xFF:
            at += 3 + data[at + 2]
        elif status >> 4 == 12:
            yield now / division / 2, status, data[at + 1], 0
            at += 2
        else:
            yield now / division / 2, status, data[at + 1], data[at + 2]
            at += 3


def render(synths, truth_file, out, command):
    truth = json.loads(truth_file.read_text())
    target = out / (truth['id'] + '.wav')
    o = truth['render']
    if o['soundfont'] not in synths:
        synths[o['soundfont']] = Synth('/usr/share/sounds/' + FONTS[o['soundfont']])
    x = synths[o['soundfont']].render(truth_file.with_suffix('.mid'), truth['duration_s'], o['gain'], o['drive'] == 1.0)
    x = roughen(x, np.random.default_rng(truth_file.stat().st_size)).astype(np.float32)
    e = np.sqrt((x[: len(x) // 1102 * 1102] ** 2).reshape(-1, 1102).mean(1))
    x = x * np.float32(.14 * o['drive'] / max(1e-6, np.percentile(e, 95)))
    x = np.tanh(x * 1.2) / 1.2 * .98
    with wave.open(str(target), 'wb') as w:
        w.setnchannels(1)
        w.setsampwidth(2)
        w.setframerate(RATE)
        w.writeframes(np.clip(np.round(x * 32767), -32768, 32767).astype('<i2').tobytes())
    if command:
        subprocess.run(shlex.split(command) + [str(target)], check=True)
        target.unlink()


def render_all(files, out, command):
    synths = {}
    for file in files:
        render(synths, file, out, command)


if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('songs', type=Path)
    a.add_argument('out', type=Path)
    a.add_argument('-j', type=int, default=2)
    a.add_argument('--command', default='')
    a = a.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    files = sorted(a.songs.glob('*.json'))
    jobs = [multiprocessing.Process(target=render_all, args=(files[i::a.j], a.out, a.command)) for i in range(a.j)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
