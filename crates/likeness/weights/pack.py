"""Packs the weights of three small networks into `eye.bin`, the one file that the crate compiles in.

    npm pack @vladmandic/face-api@1.7.15
    python3 pack.py vladmandic-face-api-1.7.15.tgz eye.bin

Nothing is changed on the way: numbers stay as the package quantised them. For each tensor, little endian: length of
its name (u8), name, rank (u8), sizes (u32 each), kind (u8: 0 is f32, 1 is u8 with scale and least value), and for
kind 1 both as f64; then its numbers in C order.
"""

import json
import math
import struct
import sys
import tarfile

NETWORKS = {
    "detector": "tiny_face_detector_model",
    "landmarks": "face_landmark_68_model",
    "recognition": "face_recognition_model",
}


def main(package: str, out: str) -> None:
    with tarfile.open(package) as archive, open(out, "wb") as file:
        file.write(b"MVEYE\x01")
        for prefix, name in NETWORKS.items():
            manifest = json.load(archive.extractfile(f"package/model/{name}-weights_manifest.json"))
            assert [len(group["paths"]) for group in manifest] == [1]
            shard = archive.extractfile(f"package/model/{name}.bin").read()
            at = 0
            for tensor in manifest[0]["weights"]:
                label = f"{prefix}/{tensor['name']}".encode()
                shape = tensor["shape"]
                quantisation = tensor.get("quantization")
                file.write(struct.pack("<B", len(label)) + label)
                file.write(struct.pack(f"<B{len(shape)}I", len(shape), *shape))
                if quantisation is None:
                    file.write(struct.pack("<B", 0))
                    length = math.prod(shape) * 4
                else:
                    assert quantisation["dtype"] == "uint8"
                    file.write(struct.pack("<Bdd", 1, quantisation["scale"], quantisation["min"]))
                    length = math.prod(shape)
                file.write(shard[at : at + length])
                at += length
            assert at == len(shard), name


main(*sys.argv[1:])
