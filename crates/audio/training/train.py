#!/usr/bin/env python3
"""Trains the network that hears beats, downbeats and the metre, on made-up songs.

    train.py SONG_FOLDER FEATURE_FOLDER WEIGHTS [--minutes M] [--resume]

A temporal convolutional network (Davies & Böck 2019): one input layer, then residual blocks of dilated convolutions,
then three heads: beat class a frame (none, beat, downbeat), and metre, averaged over the song. Needs jax and optax.
"""
import argparse, json, time
from pathlib import Path
import numpy as np

FPS = 50
METRES = ['2/4', '3/4', '4/4', '5/4', '6/8', '7/4', '12/8']
METRE_OF = {'7/8': '7/4'}
FILTERS, KERNEL, INPUTS = 24, 5, 80
DILATIONS = [1, 2, 4, 8, 16, 32, 64, 128, 256]
CROP = 3072


def load(songs, features):
    data = []
    for truth in sorted(songs.glob('*.json')):
        file = features / (truth.stem + '.f32')
        if not file.exists():
            continue
        t = json.loads(truth.read_text())
        x = np.fromfile(file, '<f4').reshape(-1, INPUTS)
        y = np.zeros((len(x), 3), np.float32)
        y[:, 0] = 1
        down = set(np.round(t['downbeats'], 4))
        for b in t['beats']:
            c = 2 if round(b, 4) in down else 1
            p = b * FPS
            for f in range(int(np.floor(p)) - 1, int(np.floor(p)) + 3):
                w = max(0, 1 - abs(f - p) / 1.6)
                if 0 <= f < len(y) and w > y[f, 1] + y[f, 2]:
                    y[f] = 0
                    y[f, c] = w
                    y[f, 0] = 1 - w
        metre = METRES.index(METRE_OF.get(t['time_signature'], t['time_signature']))
        first, last = t['beats'][0], t['beats'][-1]
        data.append((t['id'], x, y, metre, (int(first * FPS) - 10, int(last * FPS) + 10)))
    return data


def init(key, mean, std):
    import jax
    keys = jax.random.split(key, 40)
    he = lambda k, i, o: jax.random.normal(k, (i, o)) * np.sqrt(1.6 / i)
    p = {'in_w': he(keys[0], 3 * INPUTS, FILTERS), 'in_b': np.zeros(FILTERS, np.float32)}
    for n in range(len(DILATIONS)):
        p[f'd{n}_w'] = he(keys[2 + n], KERNEL * FILTERS, FILTERS) * .7
        p[f'd{n}_b'] = np.zeros(FILTERS, np.float32)
    p['beat_w'] = he(keys[30], FILTERS, 3) * .3
    p['beat_b'] = np.array([2., -1, -2], np.float32)
    p['metre_w'] = he(keys[31], FILTERS, len(METRES)) * .3
    p['metre_b'] = np.zeros(len(METRES), np.float32)
    return {k: np.asarray(v, np.float32) for k, v in p.items()}


def shifted(x, kernel, dilation):
    """x: batch × time × filters → the `kernel` neighbours of each frame side by side, zeros outside."""
    import jax.numpy as jnp
    half = kernel // 2 * dilation
    padded = jnp.pad(x, ((0, 0), (half, half), (0, 0)))
    return jnp.concatenate([padded[:, k * dilation:k * dilation + x.shape[1]] for k in range(kernel)], -1)


def forward(p, x, mask, keys=None, drop=.1):
    import jax, jax.numpy as jnp
    elu = lambda v: jnp.where(v > 0, v, v / (1 - jnp.minimum(v, 0)))    # no exponential: x/(1-x) below zero
    h = elu(shifted(x, 3, 1) @ p['in_w'] + p['in_b'])
    for n, d in enumerate(DILATIONS):
        z = elu(shifted(h * mask[..., None], KERNEL, d) @ p[f'd{n}_w'] + p[f'd{n}_b'])
        if keys is not None:
            z = z * jax.random.bernoulli(keys[n], 1 - drop, (z.shape[0], 1, z.shape[2])) / (1 - drop)
        h = h + z
    beat = h @ p['beat_w'] + p['beat_b']
    g = h
    if keys is not None:
        g = h * jax.random.bernoulli(keys[-1], .6, (h.shape[0], 1, h.shape[2])) / .6
    metre = g @ p['metre_w'] + p['metre_b']
    metre = (metre * mask[..., None]).sum(1) / mask.sum(1)[:, None]
    return beat, metre


def loss(p, x, y, metre, mask, known, keys=None):
    import jax, jax.numpy as jnp
    beat, m = forward(p, x, mask, keys)
    logp = jax.nn.log_softmax(beat)
    weight = jnp.array([1., 1.5, 3.])
    frame = -(y * weight * logp).sum(-1) * known
    beat_loss = frame.sum() / known.sum()
    metre_loss = -jax.nn.log_softmax(m)[jnp.arange(len(metre)), metre].mean()
    smooth = -jax.nn.log_softmax(m).mean(-1).mean()
    return beat_loss + .03 * (.9 * metre_loss + .1 * smooth), (beat_loss, metre_loss, (m.argmax(-1) == metre).mean())


def batch_of(r, data, n, train=True):
    x = np.zeros((n, CROP, INPUTS), np.float32)
    y = np.zeros((n, CROP, 3), np.float32)
    mask, known = np.zeros((n, CROP), np.float32), np.zeros((n, CROP), np.float32)
    metre = np.zeros(n, np.int32)
    for i in range(n):
        _, a, b, m, (first, last) = data[int(r.integers(len(data)))]
        start = int(r.integers(0, max(1, len(a) - CROP + 1))) if train else 0
        length = min(CROP, len(a) - start)
        x[i, :length] = a[start:start + length]
        y[i, :length] = b[start:start + length]
        mask[i, :length] = 1
        known[i, max(0, min(length, first - start)):max(0, min(length, last - start))] = 1
        metre[i] = m
        if train:
            # loudness of bands: an equaliser drawn at random; masked stretches of bands
            gain = r.normal(0, .15) + r.normal(0, .12, 36)
            on = x[i, :length, :36] > .05
            x[i, :length, :36] = np.maximum(0, x[i, :length, :36] + gain * on)
            if r.random() < .3:
                lo = int(r.integers(0, 30))
                hi = lo + int(r.integers(2, 8))
                x[i, :, lo:hi] *= r.random()
                x[i, :, 36 + lo:36 + hi] *= r.random()
    return x, y, metre, mask, known


def save(path, p, mean, std):
    """The input normalisation is folded into the first layer, except at the edges, where it is exact too: the mean is
    subtracted first. Little-endian f32: mean, 1/std, then each layer's weights (input × output) and biases."""
    parts = [mean, 1 / std, p['in_w'], p['in_b']]
    for n in range(len(DILATIONS)):
        parts += [p[f'd{n}_w'], p[f'd{n}_b']]
    parts += [p['beat_w'], p['beat_b'], p['metre_w'], p['metre_b']]
    Path(path).write_bytes(b''.join(np.asarray(a, '<f4').tobytes() for a in parts))


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('songs', type=Path)
    a.add_argument('features', type=Path)
    a.add_argument('weights')
    a.add_argument('--minutes', type=float, default=15)
    a.add_argument('--batch', type=int, default=8)
    a.add_argument('--rate', type=float, default=3e-3)
    a.add_argument('--resume', default='')
    o = a.parse_args()
    import jax, optax
    data = load(o.songs, o.features)
    r = np.random.default_rng(1)
    held = [d for d in data if int(d[0].split('-')[1]) % 16 == 0][:24]
    data = [d for d in data if int(d[0].split('-')[1]) % 16 != 0]
    if o.resume:
        saved = np.load(o.resume)
        params = {k: saved[k] for k in saved.files if k not in ('mean', 'std')}
        mean, std = saved['mean'], saved['std']
    else:
        everything = np.concatenate([d[1][::7] for d in data])
        mean, std = everything.mean(0), everything.std(0) + 1e-3
        params = init(jax.random.key(0), mean, std)
    norm = lambda x, mask: ((x - mean) / std) * mask[..., None]
    print(len(data), 'songs to learn from,', len(held), 'held back,', sum(v.size for v in params.values()), 'weights', flush=True)
    begin = time.time()
    budget = o.minutes * 60
    schedule = lambda t: o.rate * min(1, t / 20 + .05) * (.5 + .5 * np.cos(np.pi * min(1, t / budget))) + 2e-5
    opt = optax.inject_hyperparams(optax.adamw)(learning_rate=1e-3, b2=.98, weight_decay=1e-4)
    state = opt.init(params)

    @jax.jit
    def step(params, state, x, y, metre, mask, known, key):
        keys = jax.random.split(key, len(DILATIONS) + 1)
        (value, parts), g = jax.value_and_grad(loss, has_aux=True)(params, x, y, metre, mask, known, keys)
        norm = optax.global_norm(g)
        g = jax.tree.map(lambda v: v * jax.numpy.minimum(1, 1 / (norm + 1e-9)), g)
        updates, state = opt.update(g, state, params)
        return optax.apply_updates(params, updates), state, parts
    check = jax.jit(lambda p, *b: loss(p, *b)[1])
    tests = [batch_of(np.random.default_rng(7), [d], 1, train=False) for d in held]
    key = jax.random.key(1)
    n, recent = 0, []
    while time.time() - begin < budget:
        x, y, metre, mask, known = batch_of(r, data, o.batch)
        key, k = jax.random.split(key)
        state.hyperparams['learning_rate'] = jax.numpy.float32(schedule(time.time() - begin))
        params, state, parts = step(params, state, norm(x, mask), y, metre, mask, known, k)
        recent.append([float(v) for v in parts])
        n += 1
        if n % 50 == 0:
            t = np.mean([[float(v) for v in check(params, norm(b[0], b[3]), *b[1:])] for b in tests], 0)
            print(f'{time.time() - begin:6.0f} s step {n}: learn {np.mean(recent[-50:], 0).round(4)} held {t.round(4)}', flush=True)
            np.savez(str(o.weights) + '.npz', mean=mean, std=std, **params)
            save(o.weights, params, mean, std)
    np.savez(str(o.weights) + '.npz', mean=mean, std=std, **params)
    save(o.weights, params, mean, std)


if __name__ == '__main__':
    main()
