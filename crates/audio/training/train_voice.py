#!/usr/bin/env python3
"""Trains the very small network that says from a frame's cues how likely it is that somebody sings.

    train_voice.py CUES_FOLDER TRUTH_FOLDER OUT.bin

CUES_FOLDER has what `examples/voice_cues` wrote of each song, TRUTH_FOLDER the exact times of its words. Every eighth
song is held back to watch the learning. Needs numpy and scipy.
"""
import json, sys
from pathlib import Path
import numpy as np
from scipy.optimize import minimize

CUES, HIDDEN, RATE = 41, 10, 22050 / 512


def load(cues, truth):
    x = np.fromfile(cues, '<f4').reshape(-1, CUES)
    y, t = np.zeros(len(x)), np.arange(len(x)) / RATE
    for line in json.loads(truth.read_text()):
        for word in line['words']:
            y[(t >= word['start'] - .03) & (t < word['end'] + .03)] = 1
    return x, y


def parts(theta):
    n = CUES * HIDDEN
    return theta[:n].reshape(CUES, HIDDEN), theta[n:n + HIDDEN], theta[n + HIDDEN:n + 2 * HIDDEN], theta[-1]


def odds(theta, x):
    w, b, v, c = parts(theta)
    return np.tanh(x @ w + b) @ v + c


def train(x, y, decay=3e-4, steps=120):
    r = np.random.default_rng(0)
    start = np.concatenate([r.normal(0, CUES ** -.5, CUES * HIDDEN), np.zeros(HIDDEN), r.normal(0, HIDDEN ** -.5, HIDDEN), [0]])

    def loss(theta):
        w, b, v, c = parts(theta)
        a = np.tanh(x @ w + b)
        z = a @ v + c
        dz = (1 / (1 + np.exp(-z)) - y) / len(y)
        da = np.outer(dz, v) * (1 - a * a)
        value = np.mean(np.logaddexp(0, z) - y * z) + decay * ((w ** 2).sum() + (v ** 2).sum())
        slope = [(x.T @ da + 2 * decay * w).ravel(), da.sum(0), a.T @ dz + 2 * decay * v, [dz.sum()]]
        return value, np.concatenate(slope)
    return minimize(loss, start, jac=True, method='L-BFGS-B', options={'maxiter': steps}).x


def area(scores, y):
    """Area under the ROC curve."""
    rank = np.empty(len(y))
    rank[np.argsort(scores)] = np.arange(1, len(y) + 1)
    yes = y.sum()
    return (rank[y > 0].sum() - yes * (yes + 1) / 2) / (yes * (len(y) - yes))


if __name__ == '__main__':
    cues, truth, out = map(Path, sys.argv[1:4])
    songs = [load(file, truth / (file.stem + '.json')) for file in sorted(cues.glob('*.f32'))]
    songs = [song for song in songs if song[1].any()]
    held, seen = songs[::8], [song for index, song in enumerate(songs) if index % 8]
    x = np.concatenate([x[::5] for x, _ in seen]).astype(float)
    y = np.concatenate([y[::5] for _, y in seen])
    theta = train(x, y)
    for name, some in (('seen', seen), ('held back', held)):
        print(name, round(float(np.mean([area(odds(theta, x.astype(float)), y) for x, y in some])), 3))
    theta.astype('<f4').tofile(out)
