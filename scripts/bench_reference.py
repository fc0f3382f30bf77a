"""Peers in Python, for bench.mjs, bench-peers.mjs and gpu-check.mjs: one model, opened as the argument says, a JSON object
of `backend` (a key of `openers`), `folder`, `precision`, `device` and `threads`. The first line that is written names the
versions, and the precision that the backend took where it chose by itself, or holds an `error`. Each line read is a
request, a JSON object answered by one: `texts` are kept for this and later requests; with `batch`, they are encoded, so many
at a time, and the answer holds the `seconds`; with `vectors` it holds them as well (float32, rows one after the other,
base64). An export to ONNX or OpenVINO that the folder lacks is written into it."""
import base64
import json
import os
import sys
import time
from importlib.metadata import version
from pathlib import Path

# Answers alone go to standard output; what libraries print goes to standard error.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def answer(value):
    print(json.dumps(value), file=answers, flush=True)


def sentence_transformers(asked, **options):
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(asked.get("threads", torch.get_num_threads()))
    return SentenceTransformer(asked["folder"], device=asked["device"], **options)


def encoder(model):
    return lambda texts, batch: model.encode(texts, batch_size=batch)


def open_torch(asked):
    import torch

    dtype = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}[asked["precision"]]
    model = sentence_transformers(asked, model_kwargs={"dtype": dtype})
    return {"encode": encoder(model), "packages": ["sentence-transformers", "transformers", "torch"]}


def open_onnx(asked):
    import onnxruntime
    from sentence_transformers.backend import export_dynamic_quantized_onnx_model

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = asked["threads"]
    settings = {"provider": "CPUExecutionProvider", "session_options": options}
    folder = Path(asked["folder"])

    def load(name):
        return sentence_transformers(asked, backend="onnx", model_kwargs={**settings, "file_name": name})

    if not (folder / "onnx/model.onnx").exists():
        model = sentence_transformers(asked, backend="onnx", model_kwargs={**settings, "export": True})
        model[0].auto_model.save_pretrained(folder)
    names = {"fp32": "onnx/model.onnx", "int8": "onnx/model_qint8_avx512_vnni.onnx"}
    name = names[asked["precision"]]
    if not (folder / name).exists():
        export_dynamic_quantized_onnx_model(load(names["fp32"]), "avx512_vnni", str(folder))
    return {"encode": encoder(load(name)), "packages": ["sentence-transformers", "transformers", "optimum-onnx", "onnxruntime"]}


def open_openvino(asked):
    config = {"INFERENCE_NUM_THREADS": asked["threads"]}
    # Without a hint the processor's features decide.
    if asked["precision"] != "default":
        config["INFERENCE_PRECISION_HINT"] = {"fp32": "f32"}[asked["precision"]]
    folder = Path(asked["folder"])
    if not (folder / "openvino/openvino_model.xml").exists():
        sentence_transformers(asked, backend="openvino", model_kwargs={"export": True})[0].auto_model.save_pretrained(folder)
    model = sentence_transformers(
        asked, backend="openvino", model_kwargs={"ov_config": config, "file_name": "openvino/openvino_model.xml"}
    )
    inner = model[0].auto_model
    inner.compile()
    taken = inner.request.get_property("INFERENCE_PRECISION_HINT").to_string()
    packages = ["sentence-transformers", "transformers", "optimum-intel", "openvino"]
    return {"encode": encoder(model), "packages": packages, "precision": {"f32": "fp32"}.get(taken, taken)}


def open_fastembed(asked):
    import numpy
    from fastembed import TextEmbedding
    from fastembed.common.model_description import ModelSource, PoolingType

    folder = Path(asked["folder"])
    kinds = [module["type"].split(".")[-1] for module in json.loads((folder / "modules.json").read_text())]
    pooling = json.loads((folder / "1_Pooling/config.json").read_text())
    means = pooling.get("pooling_mode") == "mean" or pooling.get("pooling_mode_mean_tokens") is True
    if kinds != ["Transformer", "Pooling", "Normalize"] or not means:
        raise ValueError(f"fastembed pools by the mean and normalizes; the model has {', '.join(kinds)}")
    if not (folder / "onnx/model.onnx").exists():
        raise ValueError("fastembed takes an ONNX file; the ONNX backend of sentence-transformers writes it")
    width = json.loads((folder / "config.json").read_text())["hidden_size"]
    TextEmbedding.add_custom_model(
        model="peer", pooling=PoolingType.MEAN, normalization=True, sources=ModelSource(hf="none/none"), dim=width,
        model_file="onnx/model.onnx",
    )
    model = TextEmbedding(
        model_name="peer", specific_model_path=str(folder), threads=asked["threads"], providers=["CPUExecutionProvider"]
    )
    encode = lambda texts, batch: numpy.stack(list(model.embed(texts, batch_size=batch)))
    return {"encode": encode, "packages": ["fastembed", "onnxruntime"]}


openers = {"torch": open_torch, "onnx": open_onnx, "openvino": open_openvino, "fastembed": open_fastembed}


def main():
    asked = json.loads(sys.argv[1])
    try:
        opened = openers[asked["backend"]](asked)
    except Exception as error:
        answer({"error": f"{type(error).__name__}: {error}"})
        raise
    answer({
        "versions": {name: version(name) for name in opened["packages"]},
        "precision": opened.get("precision", asked["precision"]),
    })
    texts = []
    for line in sys.stdin:
        request = json.loads(line)
        texts = request.get("texts", texts)
        answered = {}
        if "batch" in request:
            start = time.perf_counter()
            vectors = opened["encode"](texts, request["batch"])
            answered["seconds"] = time.perf_counter() - start
            if request.get("vectors"):
                answered["vectors"] = base64.b64encode(vectors.astype("<f4").tobytes()).decode()
        answer(answered)


main()
