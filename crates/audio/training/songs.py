#!/usr/bin/env python3
"""Makes up songs whose beats and bars are known, as Standard MIDI Files with a JSON of truth each.

    songs.py OUT_FOLDER FIRST_SEED COUNT

Everything comes from the seed: style, metre, tempo map, harmony, parts, drums, form. Nothing is taken from any
existing song. Needs numpy.
"""
import json, struct, sys
from pathlib import Path
import numpy as np

DIV = 480
KICK, RIM, SNARE, CLAP, CLOSED, PEDAL, OPEN, CRASH, RIDE, SHAKER, COWBELL, CONGA_H, CONGA_L, TOM_H, TOM_M, TOM_L = (
    36, 37, 38, 39, 42, 44, 46, 49, 51, 70, 56, 63, 64, 50, 47, 43)

# name: (weight, [(beats a bar, parts a beat, numerator, denominator)], (slowest, fastest), drum feels, comp feels)
STYLES = {
    'rock': (7, [(4, 4, 4, 4)], (84, 165), ['backbeat'], ['strum', 'eighths', 'power']),
    'punk': (2, [(4, 4, 4, 4)], (140, 205), ['backbeat', 'double'], ['power', 'eighths']),
    'metal': (3, [(4, 4, 4, 4)], (95, 190), ['backbeat', 'double', 'halftime'], ['power', 'gallop']),
    'pop': (8, [(4, 4, 4, 4)], (80, 135), ['backbeat', 'four', 'halftime'], ['strum', 'pad', 'arp', 'eighths', 'push']),
    'ballad': (6, [(4, 4, 4, 4)], (56, 92), ['backbeat', 'none', 'ballad'], ['arp', 'pad', 'broken', 'quarters']),
    'house': (5, [(4, 4, 4, 4)], (112, 136), ['four'], ['offbeat', 'stabs', 'pad', 'arp16']),
    'trance': (3, [(4, 4, 4, 4)], (126, 148), ['four'], ['arp16', 'pad', 'offbeat']),
    'synthwave': (4, [(4, 4, 4, 4)], (78, 122), ['backbeat', 'four', 'none'], ['pad', 'arp16', 'eighths']),
    'hiphop': (4, [(4, 4, 4, 4)], (68, 104), ['boombap', 'trap'], ['pad', 'stabs', 'arp', 'quarters']),
    'dnb': (2, [(4, 4, 4, 4)], (158, 178), ['break'], ['pad', 'stabs', 'arp']),
    'funk': (4, [(4, 4, 4, 4)], (88, 122), ['funk'], ['stabs', 'offbeat', 'push']),
    'disco': (2, [(4, 4, 4, 4)], (110, 130), ['four'], ['offbeat', 'stabs', 'eighths']),
    'reggae': (2, [(4, 4, 4, 4)], (62, 92), ['onedrop'], ['offbeat']),
    'latin': (3, [(4, 4, 4, 4)], (84, 150), ['bossa', 'salsa'], ['stabs', 'push', 'arp']),
    'samba': (2, [(2, 4, 2, 4)], (80, 132), ['samba'], ['stabs', 'push']),
    'march': (3, [(2, 4, 2, 4), (4, 4, 4, 4)], (90, 138), ['march', 'polka'], ['oompah', 'quarters']),
    'waltz': (7, [(3, 4, 3, 4)], (84, 200), ['waltz', 'none', 'rock3', 'jazz3'], ['waltz', 'arp', 'pad', 'broken']),
    'six8': (7, [(2, 3, 6, 8)], (44, 96), ['six8', 'none'], ['arp3', 'strum3', 'pad', 'block3']),
    'twelve8': (4, [(4, 3, 12, 8)], (50, 118), ['twelve8', 'none'], ['arp3', 'block3', 'strum3', 'pad']),
    'swing': (6, [(4, 3, 4, 4)], (96, 215), ['swing', 'swing', 'none'], ['charleston', 'quarters', 'sparse']),
    'shuffle': (3, [(4, 3, 4, 4)], (86, 150), ['shuffle'], ['quarters', 'boogie', 'charleston']),
    'five': (3, [(5, 4, 5, 4)], (92, 190), ['five', 'none'], ['arp', 'pad', 'grouped']),
    'seven4': (1, [(7, 4, 7, 4)], (100, 170), ['seven'], ['grouped', 'pad', 'arp']),
    'seven8': (3, [(7, 2, 7, 8)], (190, 300), ['seven', 'none'], ['grouped', 'pad', 'eighths']),
    'folk': (5, [(4, 4, 4, 4)], (68, 132), ['none', 'none', 'shaker'], ['arp', 'strum', 'broken', 'quarters']),
    'piano': (13, [(4, 4, 4, 4)], (58, 150), ['none'], ['broken', 'broken16', 'quarters', 'arp', 'pop8']),
    'pianoband': (9, [(4, 4, 4, 4)], (58, 150), ['backbeat', 'ballad', 'four', 'halftime'], ['broken', 'broken16', 'pop8', 'arp']),
    'orchestral': (4, [(4, 4, 4, 4), (3, 4, 3, 4)], (66, 150), ['none', 'timpani'], ['pad', 'quarters', 'eighths', 'arp']),
    'game': (6, [(4, 4, 4, 4)], (92, 172), ['backbeat', 'four', 'funk', 'halftime', 'break'], ['power', 'stabs', 'arp16', 'gallop']),
    'ambient': (3, [(4, 4, 4, 4)], (62, 112), ['none', 'ballad', 'four'], ['pad', 'arp16', 'sparse']),
}
PROGRESSIONS = ['1564', '1645', '6415', '1465', '2511', '1625', '1341', '6451', '1415', '4536', '1526', '1111', '1717', '6767', '1456',
                '15634145', '4561', '6543', '1645', '1216', '1344', '6263']
COMP = {'keys': [0, 1, 2, 3, 4, 5, 6, 7], 'guitar': [24, 25, 26, 27, 28], 'dist': [29, 30], 'organ': [16, 17, 18, 19, 21], 'strings': [48, 49, 50, 51, 44],
        'synth': [80, 81, 88, 89, 90, 91, 94, 95], 'mallet': [11, 12, 13, 45, 46], 'brass': [61, 62, 63]}
LEADS = [0, 4, 11, 22, 40, 52, 53, 54, 56, 60, 64, 65, 66, 68, 71, 73, 75, 78, 80, 81, 82, 84, 85, 87, 26, 29]
BASSES = [32, 33, 34, 35, 36, 37, 38, 39]


class Song:
    def __init__(self, seed):
        self.rng = r = np.random.default_rng(seed)
        self.seed = seed
        names = list(STYLES)
        weights = np.array([STYLES[n][0] for n in names], float)
        self.style = names[r.choice(len(names), p=weights / weights.sum())]
        _, metres, (slow, fast), feels, comps = STYLES[self.style]
        self.B, self.parts, self.num, self.den = metres[r.integers(len(metres))]
        self.bpm = float(np.exp(r.uniform(np.log(slow), np.log(fast))))
        if r.random() < .5:
            self.bpm = float(round(self.bpm))
        self.feel = feels[r.integers(len(feels))]
        self.comps = comps
        self.notes = []       # (beat position, length in beats, channel, note, velocity)
        self.programs = {}
        self.jitter = r.choice([0, .003, .006, .012], p=[.4, .25, .25, .1])
        self.plain = self.style == 'piano'
        # swing of the sixteenths or eighths in simple metres
        self.swing = r.uniform(.54, .64) if self.parts == 4 and self.style in ('hiphop', 'funk', 'house', 'pop') and r.random() < .25 else .5
        self.swing_ratio = r.uniform(.58, .70) if self.style in ('swing', 'shuffle') else 2 / 3
        self.compose()

    # -- form -----------------------------------------------------------------------------------------------------
    def compose(self):
        r = self.rng
        seconds = r.uniform(55, 95)
        bars = max(8, int(seconds * self.bpm / 60 / self.B))
        unit = int(r.choice([4, 8, 8, 6], p=[.35, .3, .3, .05])) * (2 if self.B <= 2 or self.den == 8 and self.num == 7 and r.random() < .3 else 1)
        key, minor = int(r.integers(12)), r.random() < .45
        scale = [0, 2, 3, 5, 7, 8, 10] if minor else [0, 2, 4, 5, 7, 9, 11]
        self.pick_programs()
        self.pickup = float(r.choice([0, 0, 0, .5, 1, 2])) if self.B > 2 else 0.0
        kinds = {}
        pattern = r.choice(['ABAB', 'AABB', 'ABAC', 'ABCB', 'AAAA', 'AABA', 'iABAB'])
        start, index = 0, 0
        self.sections = []
        while start < bars:
            letter = pattern[index % len(pattern)]
            if letter not in kinds:
                kinds[letter] = self.make_kind(key, scale, intro=letter == 'i')
            length = unit if letter != 'i' else min(unit, 4)
            if r.random() < .06:
                length += int(r.choice([1, 2]))
            length = min(length, bars - start)
            self.play_section(kinds[letter], start, length, first=start == 0, last=start + length >= bars)
            self.sections.append((start, length, letter))
            start += length
            index += 1
            if index == len(pattern) and r.random() < .15:
                key = (key + int(r.choice([1, 2]))) % 12
                kinds = {}
        self.bars = bars

    def pick_programs(self):
        r = self.rng
        p = self.programs
        p[1] = int(r.choice(BASSES))
        if self.plain:
            p[1] = p[2] = p[3] = p[4] = 0
            return
        family = {'metal': ['dist'], 'punk': ['dist'], 'rock': ['dist', 'guitar', 'keys', 'organ'], 'folk': ['guitar', 'keys'], 'orchestral': ['strings', 'brass', 'mallet'],
                  'pianoband': ['keys'], 'trance': ['synth'], 'synthwave': ['synth', 'strings'], 'ambient': ['synth', 'strings', 'mallet']}.get(self.style, list(COMP))
        p[2] = int(r.choice(COMP[r.choice(family)]))
        p[3] = int(r.choice(COMP[r.choice(['strings', 'synth', 'organ', 'guitar', 'keys'])]))
        p[4] = int(r.choice(LEADS))
        if self.style in ('game',) and r.random() < .4:
            p[2], p[3], p[4] = (int(x) for x in r.integers(0, 96, 3))

    def make_kind(self, key, scale, intro=False):
        r = self.rng
        prog = [int(c) - 1 for c in r.choice(PROGRESSIONS)]
        bar_seconds = self.B * 60 / self.bpm
        per = r.choice([1, 2, .5], p=[.85, .12, .03] if 1.6 < bar_seconds < 2.8 else [.5, .48, .02] if bar_seconds >= 2.8 else [.6, .02, .38])     # chords a bar
        if self.B == 2:
            per = r.choice([1, .5])
        if self.B * 60 / self.bpm < 1.3 and r.random() < .4:
            per = .5
        if self.num == 7 and self.den == 8:
            per = 1
        k = dict(key=key, scale=scale, prog=prog, per=float(per), push=r.random() < .12)
        quiet = intro or r.random() < .2
        k['drums'] = self.feel if self.feel != 'none' and not (quiet and r.random() < .6) else 'none'
        if self.style == 'ambient' and r.random() < .4:
            k['drums'] = 'none'
        k['bar'] = self.drum_bar(k['drums'])
        k['comp'] = self.comps[r.integers(len(self.comps))]
        rate = {'broken16': 4, 'arp16': 4, 'broken': 2, 'pop8': 2, 'eighths': 2, 'arp': 2, 'quarters': 1, 'gallop': 4}.get(k['comp'], 0) * self.bpm / 60
        if self.den == 4 and self.parts == 4 and rate > 7.5:
            k['comp'] = {'broken16': 'broken', 'arp16': 'arp', 'gallop': 'power'}.get(k['comp'], k['comp'])
        if self.den == 4 and 0 < rate < 2.2 and r.random() < .6:
            k['comp'] = {'broken': 'broken16', 'pop8': 'broken16', 'arp': 'arp16', 'quarters': 'eighths'}.get(k['comp'], k['comp'])
        k['comp_on'] = r.random() < .93
        k['pad'] = not self.plain and r.random() < .35
        k['bass'] = None if (quiet and r.random() < .5) or (self.style in ('folk',) and r.random() < .4) else self.bass_feel()
        if self.plain:
            k['bass'] = None
        k['melody'] = self.motif() if r.random() < (.4 if quiet else .8) else None
        k['strum'] = self.rhythm_cells(.55)
        k['arp'] = r.permutation([0, 1, 2, 3, 2, 1, 4, 2])[: int(r.choice([4, 6, 8]))]
        k['groups'] = self.groups()
        k['level'] = r.uniform(.6, 1.0) if not quiet else r.uniform(.45, .8)
        if not (k['comp_on'] or k['bass'] or k['melody'] or k['drums'] != 'none'):
            k['comp_on'] = True
        return k

    def groups(self):
        r = self.rng
        return {5: [[3, 2], [3, 2], [2, 3]], 7: [[2, 2, 3], [2, 2, 3], [3, 2, 2], [4, 3]], 4: [[4], [2, 2]], 3: [[3]], 2: [[2]]}[self.B][int(r.integers({5: 3, 7: 4, 4: 2, 3: 1, 2: 1}[self.B]))]

    def bass_feel(self):
        r = self.rng
        if self.style in ('swing', 'jazz'):
            return r.choice(['walk', 'walk', 'two'])
        if self.style in ('waltz', 'march', 'six8', 'twelve8', 'orchestral'):
            return r.choice(['one', 'rootfifth', 'one'] + (['third'] if self.parts == 3 else []))
        if self.style in ('house', 'trance', 'disco', 'synthwave'):
            return r.choice(['offbeat', 'eighths', 'sixteenths', 'octaves', 'sync', 'one'])
        return r.choice(['one', 'eighths', 'rootfifth', 'sync', 'sync', 'kick', 'octaves'])

    def rhythm_cells(self, density):
        """A random bar of hits on the sub-grid, strong places likelier."""
        r = self.rng
        n = self.B * self.parts
        cells = []
        for i in range(n):
            sub = i % self.parts
            # players put as many notes into a second at any tempo: few sixteenths in quick songs, many in slow ones
            sixteenth = float(np.clip(.34 * (100 / self.bpm) ** 2 - .12, .02, .4))
            strong = 1.0 if i == 0 else .6 if sub == 0 else .45 if self.parts == 4 and sub == 2 else .5 if self.parts == 3 and sub == 2 else .2 if self.parts == 3 else sixteenth
            if r.random() < strong * density * 1.5:
                cells.append(i / self.parts)
        return cells or [0.0]

    def motif(self):
        r = self.rng
        bars = int(r.choice([1, 2, 2, 4]))
        density = r.uniform(.3, .75)
        m = []
        deg = int(r.integers(0, 7))
        for b in range(bars):
            cells = self.rhythm_cells(density)
            if r.random() < .2:
                cells = [c + (.5 if self.parts != 3 else 2 / 3) for c in cells if c + .5 < self.B]
            for c in cells:
                deg += int(r.choice([-2, -1, -1, 0, 0, 1, 1, 2, 3, -3]))
                deg = int(np.clip(deg, -3, 10))
                m.append((b * self.B + c, deg))
        return bars, m

    # -- drums ----------------------------------------------------------------------------------------------------
    def drum_bar(self, feel):
        r, B, out = self.rng, self.B, []
        hit = lambda note, vel, *pos: out.extend((float(p), note, vel) for p in pos)
        if feel == 'none':
            return out
        sn = int(r.choice([SNARE, SNARE, 40, CLAP])) if feel not in ('swing',) else SNARE
        hat = int(r.choice([CLOSED, CLOSED, CLOSED, RIDE, OPEN]))
        third = 1 / 3
        sl = 1 - self.swing_ratio if False else self.swing_ratio
        def hats(rate, vel=70, note=None):
            n = int(round(B * rate))
            for i in range(n):
                if r.random() < .97:
                    out.append((i / rate, note or hat, vel + (14 if (i / rate) % 1 == 0 else 0) + int(r.integers(-6, 6))))
        def extra_kicks(prob=.35):
            for p in np.arange(.5, B, .5):
                if p % 1 and r.random() < prob:
                    hit(KICK, 88, p)
            if r.random() < prob:
                hit(KICK, 84, r.choice([1.75, 2.75, .75, 3.75]) % B)
        if feel == 'backbeat':
            hit(KICK, 108, 0, *([2] if r.random() < .7 else [2.5]))
            hit(sn, 110, 1, 3)
            extra_kicks()
            hats(float(r.choice([2, 2, 2, 1, 4])))
            if r.random() < .3:
                hit(sn, 45, float(r.choice([1.75, 2.25, 3.75])))
        elif feel == 'ballad':
            hit(KICK, 100, 0)
            hit(int(r.choice([RIM, SNARE])), 90, *([1, 3] if r.random() < .7 else [2]))
            if r.random() < .6:
                hit(KICK, 85, 2.5)
            hats(float(r.choice([2, 4, 4])), 58)
        elif feel == 'halftime':
            hit(KICK, 108, 0)
            hit(sn, 112, 2)
            extra_kicks(.25)
            hats(float(r.choice([1, 2, 4])))
        elif feel == 'double':
            hit(KICK, 105, 0, 1, 2, 3)
            hit(sn, 105, .5, 1.5, 2.5, 3.5) if r.random() < .5 else hit(sn, 108, 1, 3)
            if r.random() < .5:
                hit(KICK, 90, *np.arange(0, 4, .25 if r.random() < .4 else .5))
            hats(float(r.choice([1, 2])))
        elif feel == 'four':
            hit(KICK, 115, 0, 1, 2, 3)
            if r.random() < .8:
                hit(int(r.choice([CLAP, SNARE])), 100, 1, 3)
            if r.random() < .75:
                hit(OPEN, 85, .5, 1.5, 2.5, 3.5)
            if r.random() < .5:
                hats(4.0, 55, int(r.choice([CLOSED, SHAKER])))
        elif feel == 'boombap':
            hit(KICK, 112, 0, float(r.choice([1.5, 2.5, 1.75])), float(r.choice([2, 2.5, 2.25])))
            hit(sn, 110, 1, 3)
            hats(float(r.choice([2, 2, 4])))
        elif feel == 'trap':
            hit(KICK, 115, 0, *[float(x) for x in r.choice([.75, 1.5, 2.75, 3.25, 2.5], 2, replace=False)])
            hit(CLAP, 110, *([1, 3] if r.random() < .5 else [2]))
            hats(4.0, 65, CLOSED)
            if r.random() < .6:
                s = float(r.choice([.5, 1.5, 2.5, 3.5]))
                hit(CLOSED, 60, s + .125, s + .375, s + 1 / 6)
        elif feel == 'break':
            hit(KICK, 112, 0, float(r.choice([2.5, 2.25, 1.5])))
            hit(SNARE, 112, 1, 3)
            hit(SNARE, 50, *[float(x) for x in r.choice([1.75, 2.25, 3.75, .75], 2, replace=False)])
            hats(float(r.choice([2, 4])))
        elif feel == 'funk':
            hit(KICK, 110, 0, *[float(x) for x in r.choice([.5, .75, 1.5, 2.5, 2.25, 2.75, 3.5], 3, replace=False)])
            hit(SNARE, 110, 1, 3)
            hit(SNARE, 42, *[float(x) for x in r.choice([.75, 1.75, 2.25, 3.25, 3.75], 2, replace=False)])
            hats(4.0 if r.random() < .7 else 2.0)
        elif feel == 'onedrop':
            hit(KICK, 108, 2)
            hit(RIM, 100, 2)
            if r.random() < .3:
                hit(KICK, 95, 0)
            hats(2.0)
        elif feel == 'bossa':
            hit(KICK, 90, 0, 1.5, 2, 3.5)
            hit(RIM, 85, *[0, 1.5, 3] if r.random() < .5 else [0, .75, 1.5, 2.5, 3.25])
            hats(2.0, 60)
        elif feel == 'salsa':
            hit(COWBELL, 85, 0, 1, 2, 3)
            hit(CONGA_H, 85, 1, 3)
            hit(CONGA_L, 90, 1.5, 3.5, 3)
            hit(RIM, 90, *[0, 1.5, 3] if r.random() < .5 else [1, 2, 0])
            if r.random() < .5:
                hit(KICK, 95, 0, 1.5, 3.5)
        elif feel == 'samba':
            hit(KICK, 80, 0, .75, 1.75)
            hit(41, 115, 1)
            hats(4.0, 70, SHAKER)
            hit(RIM, 80, *[0, .5, 1.25, 1.75] if r.random() < .5 else [.25, .75, 1.5])
        elif feel == 'march':
            hit(KICK, 108, *range(0, B, 2))
            hit(SNARE, 85, *np.arange(0, B, .5))
            hit(SNARE, 60, *[p + .25 for p in range(B)])
            if r.random() < .5:
                hit(CRASH, 75, *range(0, B, 2))
        elif feel == 'polka':
            hit(KICK, 105, *range(0, B, 1 if r.random() < .5 else 2))
            hit(SNARE, 90, *[p + .5 for p in range(B)]) if r.random() < .5 else hit(SNARE, 95, *range(1, B, 2))
        elif feel == 'waltz':
            hit(KICK, 100, 0)
            hit(int(r.choice([SNARE, CLOSED, RIM, PEDAL])), 75, 1, 2)
            if r.random() < .3:
                hats(2.0, 50)
        elif feel == 'rock3':
            hit(KICK, 108, 0)
            hit(SNARE, 105, *([1] if r.random() < .3 else [2] if r.random() < .5 else [1, 2]))
            if r.random() < .4:
                hit(KICK, 90, 1.5)
            hats(2.0)
        elif feel == 'jazz3':
            hit(RIDE, 90, 0, 1, 2, 1.67)
            hit(PEDAL, 75, 1, 2) if r.random() < .5 else hit(PEDAL, 75, 1)
            hit(KICK, 80, 0)
        elif feel == 'six8':
            hit(KICK, 108, 0, *([2 / 3 + 1] if r.random() < .4 else []))
            hit(int(r.choice([SNARE, RIM])), 105, 1)
            if r.random() < .85:
                hats(3.0)
            if r.random() < .25:
                hit(KICK, 85, 2 / 3)
        elif feel == 'twelve8':
            hit(KICK, 108, 0, 2, *([5 / 3] if r.random() < .5 else []))
            hit(sn, 108, 1, 3)
            hats(3.0)
        elif feel == 'swing':
            for b in range(4):
                hit(RIDE, 95 + 8 * (b % 2), b)
                if b % 2 == 1 or r.random() < .2:
                    hit(RIDE, 80, b + sl)
            if r.random() < .9:
                hit(PEDAL, 85, 1, 3)
            if r.random() < .6:
                hit(KICK, 62, 0, 1, 2, 3)
            if r.random() < .5:
                hit(SNARE, 62, int(r.integers(4)) + sl)
        elif feel == 'shuffle':
            hit(KICK, 108, 0, 2, *([1 + sl] if r.random() < .5 else []))
            hit(SNARE, 108, 1, 3)
            for b in range(4):
                hit(hat, 82, b)
                hit(hat, 68, b + sl)
        elif feel in ('five', 'seven'):
            starts, p = [], 0
            for g in self.groups():
                starts.append(p)
                p += g
            style = r.random()
            hit(KICK, 110, *starts[:1], *([s for s in starts[1:]] if style < .35 else []))
            if style < .35:
                hit(SNARE, 100, *[s + 1 for s in starts if s + 1 < B])
            else:
                hit(SNARE, 105, *starts[1:])
                if r.random() < .5:
                    hit(KICK, 92, starts[0] + 1.5 if self.parts == 4 else 1)
            if r.random() < .85:
                hats(2.0 if self.parts == 4 and r.random() < .6 else 1.0)
        elif feel == 'shaker':
            hats(4.0 if r.random() < .5 else 2.0, 70, int(r.choice([SHAKER, 54])))
            if r.random() < .4:
                hit(KICK, 90, 0, B // 2)
        elif feel == 'timpani':
            hit(41, 100, 0)
            if r.random() < .4:
                hit(CRASH, 70, 0)
            if r.random() < .4:
                hit(41, 80, B - 1)
        drop = r.uniform(0, .12)
        return [h for h in out if r.random() >= drop]

    def fill(self, at, length):
        r = self.rng
        step = 1 / self.parts if self.parts == 3 or r.random() < .6 else .5
        for p in np.arange(0, length, step):
            if r.random() < .85:
                self.notes.append((at + p, .1, 9, int(r.choice([SNARE, TOM_H, TOM_M, TOM_L, SNARE])), int(r.integers(75, 115))))

    # -- parts ----------------------------------------------------------------------------------------------------
    def chord(self, k, bar):
        """Chords of a bar: (start in the bar, length, root note, notes)."""
        n = k['prog']
        if k['per'] == .5:
            spans = [(0, self.B, n[bar // 2 % len(n)])]
        elif k['per'] == 2 and self.B >= 3:
            g = k['groups'] if len(k['groups']) > 1 else [self.B // 2 if self.B != 3 else 2, self.B - (self.B // 2 if self.B != 3 else 2)]
            spans = [(0, g[0], n[2 * bar % len(n)]), (g[0], self.B - g[0], n[(2 * bar + 1) % len(n)])]
        else:
            spans = [(0, self.B, n[bar % len(n)])]
        out = []
        for s, l, deg in spans:
            tones = [k['scale'][(deg + d) % 7] + 12 * ((deg + d) // 7) + k['key'] for d in (0, 2, 4)]
            if self.style in ('swing', 'latin', 'funk', 'house') or (deg == 4 and self.rng.random() < .3):
                tones.append(k['scale'][(deg + 6) % 7] + 12 * ((deg + 6) // 7) + k['key'])
            out.append((s, l, tones))
        return out

    def play_section(self, k, start, length, first, last):
        r = self.rng
        lev = k['level']
        add = lambda t, l, ch, n, v: self.notes.append((float(t), float(max(.05, l)), ch, int(np.clip(n, 20, 108)), int(np.clip(v * lev, 12, 127))))
        if self.pickup and (first or r.random() < .3) and k['melody']:
            for p in np.arange(self.pickup, 0, -.5):
                if start * self.B - p >= 0:
                    add(start * self.B - p, .45, 4, 60 + k['key'] + k['scale'][int(r.integers(7))], 85)
        crash = k['drums'] != 'none' and r.random() < .6
        for b in range(length):
            t0 = (start + b) * self.B
            fill = k['drums'] != 'none' and b == length - 1 and length > 2 and not last and r.random() < .6
            flen = float(r.choice([1, 1, 2, .5])) if fill and self.B > 2 else 1.0 if fill else 0.0
            for p, n, v in k['bar']:
                if p < self.B - flen and r.random() > .03:
                    self.notes.append((t0 + p, .1, 9, n, int(np.clip(v * (.6 + .4 * lev) + r.integers(-5, 6), 15, 127))))
            if fill:
                self.fill(t0 + self.B - flen, flen)
            if crash and b % 8 == 0 and (b == 0 or r.random() < .5):
                self.notes.append((t0, .5, 9, CRASH, 100))
            chords = self.chord(k, b)
            for ci, (s, l, tones) in enumerate(chords):
                push = .5 if k['push'] and self.parts != 3 and (t0 + s) > 1 and b > 0 else 0
                self.bass_part(add, k, t0, s, l, tones, push)
                if k['comp_on']:
                    self.comp_part(add, k, t0, s, l, tones, push)
                if k['pad']:
                    for n in tones:
                        add(t0 + s - push, l + push, 3, 60 + n % 12, 62)
            if k['melody']:
                mb, m = k['melody']
                here = [(p - (b % mb) * self.B, d) for p, d in m if (b % mb) * self.B <= p < (b % mb + 1) * self.B]
                for i, (p, d) in enumerate(here):
                    nxt = here[i + 1][0] if i + 1 < len(here) else self.B
                    if r.random() < .94:
                        n = 62 + k['key'] + k['scale'][d % 7] + 12 * (d // 7)
                        add(t0 + p, (nxt - p) * r.uniform(.6, 1), 4, n, 88 + r.integers(-10, 14) + (6 if p == 0 else 0))
                        if self.plain and r.random() < .2:
                            add(t0 + p, (nxt - p) * .8, 4, n + 12, 80)

    def bass_part(self, add, k, t0, s, l, tones, push):
        r, f, root = self.rng, k['bass'], 36 + tones[0] % 12 - (12 if tones[0] % 12 > 7 else 0)
        if f is None:
            return
        v = 98
        fifth = root + (tones[2] - tones[0])
        if f == 'one':
            add(t0 + s - push, l * .95 + push, 1, root, v)
        elif f == 'two':
            add(t0 + s, 1.8, 1, root, v)
            if l >= 4:
                add(t0 + s + 2, 1.8, 1, fifth, v)
        elif f == 'rootfifth':
            half = l / 2 if l % 2 == 0 else max(1, l - 1)
            add(t0 + s - push, half * .9, 1, root, v)
            add(t0 + s + half, (l - half) * .9, 1, fifth if r.random() < .7 else root, v - 8)
        elif f == 'walk':
            n = root
            for b in range(int(l)):
                add(t0 + s + b, .92, 1, n, v + r.integers(-6, 6))
                n = root + int(r.choice([tones[1] - tones[0], tones[2] - tones[0], 2, 5, 10, 12, -1])) if b < l - 2 else n + int(r.choice([-1, 1, 2]))
                if r.random() < .1:
                    add(t0 + s + b + self.swing_ratio, .3, 1, n, v - 15)
        elif f in ('eighths', 'sixteenths', 'octaves', 'offbeat', 'third'):
            step = {'eighths': .5 if self.parts != 3 else 1 / 3, 'sixteenths': .25 if self.parts == 4 else .5, 'octaves': .5, 'offbeat': 1, 'third': 1 / 3}[f]
            if self.den == 8 and self.num == 7:
                step = 1
            off = .5 if f == 'offbeat' else 0
            for i, p in enumerate(np.arange(0, l - 1e-6, step)):
                add(t0 + s + p + off, step * .85, 1, root + (12 if f == 'octaves' and i % 2 else 0), v - (6 if i % 2 else 0))
        else:
            cells = [c for c in k['strum'] if s <= c < s + l] if f == 'sync' else [p for p, n, _ in k['bar'] if n == KICK and s <= p < s + l]
            if r.random() < .9 and s not in cells:
                cells = [s] + list(cells)
            cells = sorted(set(float(c) for c in cells))
            for i, c in enumerate(cells):
                nxt = cells[i + 1] if i + 1 < len(cells) else s + l
                add(t0 + c - (push if c == s else 0), (nxt - c) * .85, 1, root if r.random() < .8 else fifth, v)

    def comp_part(self, add, k, t0, s, l, tones, push):
        r, f = self.rng, k['comp']
        voiced = sorted(55 + (n - 55) % 12 for n in tones)
        v, B = 76, self.B
        def block(p, length, vel=v):
            spread = r.uniform(0, .02) if f.startswith('strum') else 0
            for i, n in enumerate(voiced):
                add(t0 + p + i * spread, length, 2, n, vel + r.integers(-6, 6))
        low = 36 + tones[0] % 12
        if f == 'pad':
            block(s - push, l + push, 66)
        elif f in ('strum', 'push'):
            for c in k['strum']:
                if s <= c < s + l:
                    block(c - (push if c == s else 0), .45)
        elif f == 'strum3':
            for c in np.arange(s, s + l, 1 / 3):
                if (c % 1 < .01) or r.random() < .65:
                    block(c, .3, v + (8 if c % 1 < .01 else -8))
        elif f == 'block3':
            for c in np.arange(s, s + l, 1 / 3):
                block(c, .28, v + (6 if c % 1 < .01 else -6))
        elif f == 'quarters':
            for c in range(int(l)):
                block(s + c, .9, v + (8 if s + c == 0 else 0))
        elif f == 'eighths':
            step = 1.0 if self.den == 8 and self.num == 7 else .5
            for c in np.arange(0, l, step):
                block(s + c, .42, v + (6 if c % 1 == 0 else -4))
        elif f in ('power', 'gallop'):
            cells = np.arange(0, l, .5) if f == 'power' and r.random() < .7 else sorted({p for b in range(int(l)) for p in (b, b + .5, b + .75)})
            for c in cells:
                for n in (low + 12, low + 19):
                    add(t0 + s + c, .4, 2, n, 92)
        elif f == 'offbeat':
            for c in range(int(l)):
                block(s + c + .5, .3)
        elif f == 'stabs':
            for c in k['strum']:
                if s <= c < s + l:
                    block(c, .2, 84)
        elif f == 'charleston':
            hits = [0, 1 + self.swing_ratio] if r.random() < .6 else [float(r.integers(int(l))) + float(r.choice([0, self.swing_ratio]))]
            for c in hits:
                if c < l:
                    block(s + c, .4)
        elif f == 'boogie':
            for c in range(int(l)):
                for d, w in ((0, 7), (self.swing_ratio, 9 if c % 2 else 7)):
                    add(t0 + s + c + d, .3, 2, low + 12, 82)
                    add(t0 + s + c + d, .3, 2, low + 12 + w, 78)
        elif f == 'sparse':
            if r.random() < .8:
                block(s + float(r.choice([0, 0, .5, 1])), l * .6, 62)
        elif f in ('oompah', 'waltz'):
            add(t0 + s, .8, 2, low + (12 if low < 40 else 0), 92)
            if f == 'oompah':
                for c in np.arange(.5, l, 1):
                    block(s + c, .3)
                for c in range(1, int(l)):
                    add(t0 + s + c, .6, 2, low + (7 if c % 2 else 12), 88)
            else:
                for c in range(1, int(l)):
                    block(s + c, .6, 70)
        elif f == 'grouped':
            p = 0
            for g in k['groups']:
                if s <= p < s + l:
                    block(p, g * .8, 84)
                    if r.random() < .6:
                        for c in range(1, g):
                            block(p + c, .5, 66)
                p += g
        elif f in ('broken', 'broken16', 'pop8'):
            # a pianist: the root on the chord, then its notes upwards; the right hand adds chords
            step = .25 if f == 'broken16' else .5
            shape = [0, 7, 12, 16 if tones[1] - tones[0] == 4 else 15, 19, 12, 7, 12]
            if f == 'pop8':
                shape = [0, 12, 7, 12, 0, 12, 7, 12]
            base = low + (12 if low < 33 else 0)
            i = 0
            dens = r.uniform(.7, 1)
            for c in np.arange(0, l, step):
                if i == 0 or r.random() < dens:
                    add(t0 + s + c - (push if c == 0 else 0), step * (3 if r.random() < .5 else 1), 2, base + shape[i % len(shape)], 80 + (14 if i == 0 else 0) + r.integers(-8, 8))
                i += 1
            if r.random() < .5:
                for c in k['strum']:
                    if s <= c < s + l and r.random() < .8:
                        for n in voiced:
                            add(t0 + c, .7, 3 if not self.plain else 2, n, 66 + r.integers(-8, 8))
        else:
            step = {'arp16': .25, 'arp3': 1 / 3}.get(f, .5 if self.parts == 4 else 1 / 3 if self.parts == 3 else 1)
            notes = voiced + [n + 12 for n in voiced]
            for i, c in enumerate(np.arange(0, l - 1e-6, step)):
                add(t0 + s + c, step * r.uniform(.8, 2), 2, notes[int(k['arp'][i % len(k['arp'])]) % len(notes)], 72 + (10 if c == 0 else 0) + r.integers(-7, 7))

    # -- time -----------------------------------------------------------------------------------------------------
    def warp(self, p):
        """Swing of the sub-beats, in beats."""
        if self.swing == .5:
            return p
        half = np.floor(p * 2) / 2
        within = (p - half) * 2
        w = within * 2 * self.swing if within < .5 else self.swing + (within - .5) * 2 * (1 - self.swing)
        return half + w / 2

    def finish(self):
        r = self.rng
        beats = self.bars * self.B
        lead = float(r.choice([0, 0, r.uniform(0, .5), r.uniform(.3, 2)]))
        tempo = np.full(beats + 8, self.bpm)
        kind = r.choice(['steady', 'drift', 'rubato', 'step', 'ritard'], p=[.52, .2, .1, .08, .1])
        if self.style in ('house', 'trance', 'dnb', 'synthwave'):
            kind = 'steady'
        if kind in ('drift', 'rubato') or self.style in ('swing',) and r.random() < .5:
            depth = r.uniform(.01, .05) if kind != 'rubato' else r.uniform(.04, .1)
            walk = np.cumsum(r.normal(0, 1, len(tempo)))
            walk -= np.linspace(walk[0], walk[-1], len(walk))
            walk = walk / max(1e-9, np.abs(walk).max())
            noise = r.normal(0, depth * (.3 if kind == 'rubato' else .12), len(tempo))
            tempo = tempo * (1 + depth * walk + noise)
        if kind == 'step' and len(self.sections) > 2:
            at = self.sections[len(self.sections) // 2][0] * self.B
            tempo[at:] *= r.choice([r.uniform(.85, .95), r.uniform(1.05, 1.18)])
        if kind in ('ritard', 'rubato'):
            n = self.B * 2
            tempo[beats - n:beats] *= np.linspace(1, r.uniform(.65, .85), n)
        times = lead + np.concatenate([[0], np.cumsum(60 / tempo)])
        at = lambda p: float(np.interp(p, np.arange(len(times)), times))
        events, end = [], 0.0
        for p, l, ch, n, v in self.notes:
            if p >= beats:
                continue
            a = at(self.warp(p)) + (r.normal(0, self.jitter) if self.jitter else 0)
            b = at(min(p + l, beats + 2))
            a = max(0.0, a)
            events += [(a, 1, 0x90 | ch, n, v), (max(a + .03, b), 0, 0x80 | ch, n, 0)]
            end = max(end, b)
        first = min((e[0] for e in events), default=0)
        truth_beats = [float(times[i]) for i in range(beats)]
        # beats before the first note are not perceptible
        keep = [i for i, t in enumerate(truth_beats) if t >= first - .1]
        self.truth = dict(id=f'gen-{self.seed:05d}', style=self.style, feel=self.feel, tempo_bpm=float(60 / np.median(np.diff(truth_beats))),
                          time_signature=f'{self.num}/{self.den}', beats_per_bar=self.B, compound=self.den == 8 and self.num in (6, 12), duration_s=round(end + r.uniform(.3, 2), 3),
                          beats=[round(truth_beats[i], 4) for i in keep], downbeats=[round(truth_beats[i], 4) for i in keep if i % self.B == 0])
        return events

    def write(self, folder):
        events = sorted(self.finish(), key=lambda e: (e[0], e[1]))
        tick = lambda t: int(round(t * DIV * 2))    # 120 quarter notes a minute: times are absolute
        track = bytearray(b'\x00\xff\x51\x03\x07\xa1\x20')
        for ch, p in self.programs.items():
            track += bytes([0, 0xC0 | ch, p])
        if self.rng.random() < .3:
            track += bytes([0, 0xC9, int(self.rng.choice([0, 8, 16, 24, 25, 32, 40]))])
        for ch in (1, 2, 3, 4, 9):
            pan = 64 if ch in (1, 9) else int(self.rng.integers(24, 104))
            vol = int(self.rng.integers(72, 118))
            track += bytes([0, 0xB0 | ch, 10, pan, 0, 0xB0 | ch, 7, vol])
        if 2 in self.programs and self.rng.random() < (.4 if self.plain else .1):
            pass
        now = 0
        for t, _, status, n, v in events:
            delta = tick(t) - now
            now += delta
            track += varlen(delta) + bytes([status, n, v])
        track += b'\x00\xff\x2f\x00'
        stem = folder / self.truth['id']
        r = self.rng
        self.truth['midi'] = stem.name + '.mid'
        self.truth['render'] = dict(soundfont=str(r.choice(['FluidR3_GM', 'TimGM6mb', 'MuseScore_General'])), gain=float(r.choice([.3, .5, .7])), drive=float(r.choice([.6, 1.0, 1.4, 1.8])))
        stem.with_suffix('.mid').write_bytes(b'MThd' + struct.pack('>IHHH', 6, 0, 1, DIV) + b'MTrk' + struct.pack('>I', len(track)) + bytes(track))
        stem.with_suffix('.json').write_text(json.dumps(self.truth))


def varlen(n):
    out = [n & 127]
    n >>= 7
    while n:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes(reversed(out))


if __name__ == '__main__':
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(int(sys.argv[2]), int(sys.argv[2]) + int(sys.argv[3])):
        Song(seed).write(folder)
