"""One measurement of bench in JAX: jax_peer.py WORKLOAD, where WORKLOAD is bench's JSON. Prints JSON."""

import functools, json, os, resource, sys, time

os.environ["JAX_PLATFORMS"] = "cpu"
import jax, jax.numpy as jnp, numpy as np, optax

w = json.loads(sys.argv[1])
clock = time.perf_counter
gates = {"rnn": 1, "lstm": 4}[w["cell"]]


def parameters(vocabulary):
    key, h = jax.random.key(0), w["hidden"]
    p = {"embedding": jax.random.normal(key, (vocabulary, w["embedding"])), "fc": jnp.zeros((h, vocabulary)), "bias": jnp.zeros(vocabulary)}
    for l in range(w["layers"]):
        inputs = w["embedding"] if l == 0 else h
        uniform = lambda *shape: jax.random.uniform(jax.random.fold_in(key, l), shape, minval=-(h ** -0.5), maxval=h ** -0.5)
        p[f"l{l}"] = {"ih": uniform(inputs, gates * h), "hh": uniform(h, gates * h), "b": jnp.zeros(gates * h)}
    return p


def zeros(rows):
    return [(jnp.zeros((rows, w["hidden"])),) * (2 if gates == 4 else 1) for _ in range(w["layers"])]


def forward(p, x, states, every):  # [T,B]
    y, final = p["embedding"][x], []
    for l in range(w["layers"]):
        q = p[f"l{l}"]

        def cell(state, z):
            z = z + state[0] @ q["hh"]
            if gates == 1:
                h = jnp.tanh(z)
                return (h,), h
            i, f, g, o = jnp.split(z, 4, -1)
            c = jax.nn.sigmoid(f) * state[1] + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), h

        state, y = jax.lax.scan(cell, states[l], y @ q["ih"] + q["b"])
        final.append(state)
    return (y if every else y[-1]) @ p["fc"] + p["bias"], final


def trainer(vocabulary):
    p, optimizer = parameters(vocabulary), optax.adam(0.003)
    moments = optimizer.init(p)

    def loss(p, x, y, states):
        logits, final = forward(p, x, states, w["every_step"])
        return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean(), final

    @functools.partial(jax.jit, donate_argnums=(0, 1))
    def step(p, moments, x, y, states):
        (value, final), gradient = jax.value_and_grad(loss, has_aux=True)(p, x, y, states)
        update, moments = optimizer.update(gradient, moments)
        return optax.apply_updates(p, update), moments, value, final

    return p, moments, step


def train():
    p, moments, step = trainer(w["vocabulary"])
    steps, rows = w["sequence"], w["batch"]
    tokens = np.random.default_rng(0).integers(0, w["vocabulary"], (steps * 20 + 1, rows))
    zero = zeros(rows)
    state, i = zero, 0
    while True:
        at = i % 20 * steps
        x, y = tokens[at:at + steps], tokens[at + 1:at + 1 + steps]
        if not w["every_step"]:
            y, state = y[-1], zero
        p, moments, loss, state = step(p, moments, x, y, state)
        float(loss)
        i += 1
        yield


def generate():
    p = parameters(w["vocabulary"])

    @jax.jit
    def step(p, x, state, key):
        logits, state = forward(p, x, state, False)
        key, now = jax.random.split(key)
        return jax.random.categorical(now, logits / 0.8)[None], state, key

    x, state, key = np.zeros((w["sequence"], 1), int), zeros(1), jax.random.key(1)
    while True:
        x, state, key = step(p, x, state, key)
        int(x[0, 0])
        yield


def products():
    n = w["hidden"]
    a = jax.random.normal(jax.random.key(0), (n, n))
    product = jax.jit(lambda a, b: a @ b)
    while True:
        float(product(a, a)[0, 0])
        yield


def tutorial():
    words = w["text"].split()
    vocabulary = {word: i for i, word in enumerate(sorted(set(words)))}
    ids = np.array([vocabulary[word] for word in words])
    inputs = np.stack([ids[i:i + w["sequence"]] for i in range(len(ids) - w["sequence"])])
    targets = ids[w["sequence"]:]
    p, moments, step = trainer(len(vocabulary))
    random = np.random.default_rng(0)
    for epoch in range(100):
        order = random.permutation(len(inputs))
        for i in range(0, len(inputs), w["batch"]):
            batch = order[i:i + w["batch"]]
            p, moments, loss, _ = step(p, moments, inputs[batch].T, targets[batch], zeros(len(batch)))
            float(loss)
    yield


kinds = {"train": train, "generate": generate, "products": products, "tutorial": tutorial}
start = clock()
run = kinds[w["kind"]]()
next(run)
first, times = clock() - start, []
if w["kind"] != "tutorial":
    for _ in range(w["warm"]):
        next(run)
    end = clock() + w["seconds"]
    while len(times) < w["least"] or clock() < end:
        t = clock()
        next(run)
        times.append(clock() - t)
print(json.dumps({"first": first, "times": times, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                  "version": "JAX " + jax.__version__}))
