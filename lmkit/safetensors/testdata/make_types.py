"""Makes types.safetensors, with tensors of several types, and types.json with their values.

Made with safetensors 0.8.0 and torch 2.15.0:

    pip install safetensors torch numpy
    python make_types.py
"""

import json, pathlib
import torch
from safetensors.torch import save_file

here = pathlib.Path(__file__).parent

values = [0.0, -0.0, 1.0, -1.5, 65504.0, 6.1e-5, 5.96e-8, 0.1, float("inf"), -3.14159]
tensors = {
    "f32": torch.tensor(values), "f16": torch.tensor(values).half(), "bf16": torch.tensor(values).bfloat16(),
    "matrix": torch.arange(6.0).reshape(2, 3), "scalar": torch.tensor(7.0), "empty": torch.zeros(0, 4),
    "i64": torch.tensor([1, -2, 3]), "u8": torch.tensor([1, 255], dtype=torch.uint8),
}
save_file(tensors, here / "types.safetensors", metadata={"format": "pt", "note": "naïve"})
floats = {k: [repr(x) for x in t.float().flatten().tolist()] for k, t in tensors.items() if t.is_floating_point()}
(here / "types.json").write_text(json.dumps(floats, indent=1) + "\n")
